// A page that goes elsewhere by a method of `auth`, and the next one that it leads to.
import assert from "node:assert/strict";

/**
 * Leaves the page; what comes of the call otherwise is in `window.outcome`. By a plain script: one that is waited for fails
 * in a page that is gone before it ends.
 */
export const leave = (tab, method, input = {}) =>
  tab.script(
    `window.isLeaving = true;
    window.left = auth[arguments[0]](arguments[1]).then((value) => ({ value }), ({ code, detail }) => ({ code, detail }));
    window.left.then((outcome) => { window.outcome = outcome; });`,
    method,
    input,
  );

/** Waits until the tab has loaded an address that fits, another page than the one that was left. */
export async function arrived(tab, pattern, timeoutMs = 20_000) {
  const deadline = Date.now() + timeoutMs;
  // WebKit's driver gets no answer to a script whose page is gone meanwhile: it must not wait for long.
  await tab.driver.manage().setTimeouts({ script: 3_000 });
  try {
    for (;;) {
      const url = await tab.url().catch(() => "");
      const fits = pattern.test(url);
      if (fits && (await tab.script("return document.readyState === 'complete' && !window.isLeaving").catch(() => false))) return url;
      if (Date.now() > deadline) {
        const left = await tab.script("return window.outcome ?? null").catch(() => null);
        assert.fail(`still at ${url.split("?")[0]} (${JSON.stringify(left)})`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await tab.driver.manage().setTimeouts({ script: 60_000 });
  }
}

/** Waits for the site's own page with a response in its address. */
export const backHome = (tab, timeoutMs) => arrived(tab, new RegExp(`^${tab.site.url}/\\?(.*&)?state=`), timeoutMs);

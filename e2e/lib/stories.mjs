// Stories: each is run in every engine, on an origin of its own, against a pool reset to its seeded state.
import { after, before, describe, test } from "node:test";
import { allEngines, missingReason, openBrowser } from "./browser.mjs";
import { findLeaks } from "./canary.mjs";
import { Page } from "./page.mjs";
import { openServer } from "./server.mjs";
import { isWithoutWasm, openSite } from "./site.mjs";

/** `ENGINES=chromium,webkit` runs only those. */
const chosen = (process.env.ENGINES ?? allEngines.join(",")).split(",").map((name) => name.trim()).filter(Boolean);
for (const name of chosen) {
  if (!allEngines.includes(name)) throw new Error(`ENGINES: ${name} is none of ${allEngines.join(", ")}`);
}

/**
 * Declares the stories of a file.
 *
 * @param {string} title
 * @param {object} options
 * @param {"demo"|"bare"|"empty"} [options.site] which page to serve; default `"demo"`.
 * @param {object} [options.siteOptions] see `openSite`.
 * @param {object|false} [options.server] options of `openServer`; `false`: these stories need no pool.
 * @param {(story: Function) => void} define calls `story(name, run, options)`; `run` gets
 *   `{ page, site, server, engine, driver, t }`; options: `engines`, `timeoutMs`, `siteOptions`,
 *   `expectErrors` (the page's console may hold errors: without it they fail the story), `canary: false` (does not
 *   look for leaked secrets afterwards: for stories that plant some).
 */
export function stories(title, { site: kind = "demo", siteOptions = {}, server: serverOptions = {} } = {}, define) {
  const declared = [];
  define((name, run, options = {}) => declared.push({ name, run, options }));

  let server = null;
  before(async () => {
    if (serverOptions) server = await openServer(serverOptions);
  });
  after(() => server?.close());

  for (const engine of chosen) {
    const missing = missingReason(engine);
    describe(`${title} in ${engine}`, { concurrency: 1 }, () => {
      let browser = null;
      after(() => browser?.close());

      for (const { name, run, options } of declared) {
        if (options.engines && !options.engines.includes(engine)) continue;
        const full = `${name} [${engine}${isWithoutWasm ? ", without WebAssembly" : ""}]`;
        if (missing) {
          if (process.env.CI === "true") test(full, () => Promise.reject(new Error(missing)));
          else test(full, { skip: missing }, () => {});
          continue;
        }
        test(full, { timeout: options.timeoutMs ?? 90_000 }, async (t) => {
          browser ??= await openBrowser(engine);
          await server?.reset();
          const site = await openSite(kind, { server, ...siteOptions, ...options.siteOptions });
          const page = new Page(browser.driver, site, engine);
          try {
            await run({ page, site, server, engine, driver: browser.driver, t });
            await page.evaluate(() => window.__harness.settled()).catch(() => {});
            if (!options.expectErrors) refuseErrors(site);
            if (options.canary !== false) await refuseLeaks({ page, site, server });
          } catch (error) {
            await tellWhatWasSeen({ t, page, site, full });
            // A broken session must not take the following stories with it.
            await browser.close();
            browser = null;
            throw error;
          } finally {
            if (browser) await tidy(browser.driver, site);
            await site.close();
          }
        });
      }
    });
  }
}

const isError = ({ level }) => ["error", "uncaught", "unhandled"].includes(level);

function refuseErrors(site) {
  const errors = site.console.filter(isError);
  if (errors.length > 0) throw new Error(`the page reported errors:\n${errors.map(({ level, text }) => `${level}: ${text}`).join("\n")}`);
}

/** Only where the story ended on a page of its own site: another origin's storage is none of our business. */
async function refuseLeaks({ page, site, server }) {
  const here = await page.evaluate(() => location.origin).catch(() => null);
  if (here !== site.url) return;
  const leaks = await findLeaks({ page, site, server });
  if (leaks.length > 0) throw new Error(`secrets where none may be:\n${leaks.join("\n")}`);
}

async function tellWhatWasSeen({ t, page, site, full }) {
  const path = await page.screenshot(full).catch(() => null);
  if (path) t.diagnostic(`screenshot: ${path}`);
  for (const { level, text } of site.console.slice(-20)) t.diagnostic(`console ${level}: ${text.slice(0, 500)}`);
}

/** One blank tab, no cookies: what the next story expects. */
async function tidy(driver, site) {
  try {
    const [first, ...others] = await driver.getAllWindowHandles();
    for (const handle of others) {
      await driver.switchTo().window(handle);
      await driver.close();
    }
    await driver.switchTo().window(first);
    // A page that still runs could write its cookies again; ports share them.
    await driver.get(`${site.url}/__harness/in-page.js`);
    await driver.manage().deleteAllCookies();
    await driver.get("about:blank");
  } catch {
    // The next story opens a new browser if this one is beyond use.
  }
}

// Sign-in in a window of its own, and silently in a hidden frame.
import assert from "node:assert/strict";
import { Page } from "./lib/page.mjs";
import { stories } from "./lib/stories.mjs";
import { RedirectLab, siteOptions } from "./redirect-lab.mjs";

/** A button that opens the window: browsers want a click. */
async function openByClick(lab, input = {}) {
  await lab.page.evaluate((given) => {
    document.body.innerHTML = "<button>Sign in</button>";
    window.ends = new AbortController();
    window.outcome = undefined;
    document.querySelector("button").onclick = () => {
      auth.signInWithPopup({ ...given, signal: window.ends.signal }).then(
        (result) => { window.outcome = result; },
        ({ code, service, redirect }) => { window.outcome = { code, service, redirect }; },
      );
    };
  }, input);
  const before = await lab.page.driver.getAllWindowHandles();
  await lab.page.click("Sign in");
  return popupAfter(lab, before);
}

async function popupAfter({ page, site, engine }, before) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const handle = (await page.driver.getAllWindowHandles()).find((one) => !before.includes(one));
    if (handle) {
      const popup = new Page(page.driver, site, engine, handle);
      popup.secrets = page.secrets;
      return popup;
    }
    assert.ok(Date.now() < deadline, "no window opened");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const outcome = ({ page }) => page.waitFor(() => window.outcome, { what: "outcome", timeoutMs: 25_000 });

/** A page with another one in it, which is served under the machine's other name. */
const frameOf = (path) => ({ headers: { host } }) => {
  const [name, port] = host.split(":");
  const inner = `http://${name === "localhost" ? "127.0.0.1" : "localhost"}:${port}${path}`;
  return { type: "text/html", body: `<!doctype html><html lang="en"><head><title>frame</title><link rel="icon" href="data:,"></head><body><iframe src="${inner}" title="app" width="600" height="400"></iframe></body></html>` };
};

const plain = { site: "bare", siteOptions };
const isolated = { ...siteOptions, headers: { "cross-origin-opener-policy": "same-origin" } };

stories("redirect popup", plain, (story) => {
  for (const [words, options] of [["", {}], [" though the page is cut off from it", { siteOptions: isolated }]]) {
    story(`a person signs in in a window${words}, and only the code crosses`, async (context) => {
      const lab = new RedirectLab(context);
      await lab.open("/");
      const popup = await openByClick(lab, { returnTo: "/orders", appState: { n: 1 } });

      await lab.typeAtManagedLogin("alice", popup);
      const result = await outcome(lab);

      assert.equal(result.user.username, "alice");
      assert.equal(result.returnTo, "/orders");
      assert.deepEqual(result.appState, { n: 1 });
      assert.equal(await lab.who(), "alice");
      assert.deepEqual(await lab.flows(), []);
      const { accessToken, idToken } = await lab.page.evaluate(() => auth.session());
      const messages = context.site.console.filter(({ level, text }) => level === "channel" && text.includes("lifeguard.bridge.")).map(({ text }) => text);
      assert.ok(messages.length >= 1);
      for (const text of messages) assert.ok(!text.includes(accessToken) && !text.includes(idToken) && !/verifier|nonce/.test(text));
    }, options);
  }

  story("a device whose clock is ten minutes slow signs in in a window", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() - 600_000;
    });

    await lab.typeAtManagedLogin("alice", await openByClick(lab));

    assert.equal((await outcome(lab)).user?.username, "alice");
  });

  story("a page in a frame of another site gets the result of its window", async (context) => {
    const { page, site } = context;
    const lab = new RedirectLab(context);
    await lab.open("/");
    const other = new URL("/frame", site.url);
    other.hostname = other.hostname === "localhost" ? "127.0.0.1" : "localhost";
    await page.open(other.href);
    const enter = async () => {
      await page.driver.switchTo().window(page.handle);
      await page.driver.switchTo().frame(0);
    };
    await enter();
    await lab.begin();
    const popup = await openByClick(lab);
    await lab.typeAtManagedLogin("alice", popup);
    await enter();

    assert.equal((await outcome(lab)).user?.username, "alice");
    assert.equal(await lab.who(), "alice");
    await page.driver.switchTo().defaultContent();
  }, { siteOptions: { ...siteOptions, files: { ...siteOptions.files, "/frame": frameOf("/") } } });

  story("a window that the person closes is told", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    const popup = await openByClick(lab);
    await lab.arrived(/\/login\?/, popup);
    await popup.find("#username");
    // Long enough elsewhere for the page to have seen it there.
    await lab.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));

    await popup.close();

    assert.equal((await outcome(lab)).code, "popupClosed");
    assert.equal(await lab.who(), null);
  });

  story("a window that the browser blocks is told", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");

    const code = await page.evaluate(() => {
      window.open = () => null;
      return auth.signInWithPopup().catch((error) => error.code);
    });

    assert.equal(code, "popupBlocked");
  });

  story("an application ends a window that nobody can see the end of", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    const popup = await openByClick(lab);
    await lab.arrived(/\/login\?/, popup);

    await lab.page.evaluate(() => window.ends.abort());

    assert.equal((await outcome(lab)).code, "aborted");
  }, { siteOptions: isolated });

  story("a second window takes the place of the first", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    const first = await openByClick(lab);
    await lab.arrived(/\/login\?/, first);
    await lab.page.evaluate(() => {
      window.first = undefined;
      const button = document.querySelector("button");
      button.onclick = () => {
        auth.signInWithPopup().then((result) => { window.second = result; }, ({ code }) => { window.second = { code }; });
      };
    });
    const before = await lab.page.driver.getAllWindowHandles();
    await lab.page.click("Sign in");

    assert.equal((await outcome(lab)).code, "popupClosed");
    const second = await popupAfter(lab, before);
    await lab.typeAtManagedLogin("alice", second);
    const result = await lab.page.waitFor(() => window.second, { what: "second outcome", timeoutMs: 25_000 });
    assert.equal(result.user.username, "alice");
  });

  story("messages of others on the channel are not believed", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    const popup = await openByClick(lab);
    const state = new URL(await lab.arrived(/\/login\?/, popup)).searchParams.get("state");

    const code = await lab.page.evaluate(async (state) => {
      for (const message of [null, 1, "response", {}, { response: 1 }, { response: "x".repeat(9_000) }]) {
        const channel = new BroadcastChannel(`lifeguard.bridge.${state}`);
        channel.postMessage(message);
        channel.close();
      }
      return window.outcome ?? null;
    }, state);
    assert.equal(code, null);
    await lab.typeAtManagedLogin("alice", popup);
    assert.equal((await outcome(lab)).user.username, "alice");
  });

  story("a silent check in a frame finds who is known at the domain, and says who is not", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    const silent = () => page.evaluate(() => auth.silentSignIn({ mode: "frame" }).then(({ user }) => user.username, (error) => error.code));

    const before = await silent();
    await lab.signIn();
    await page.evaluate(() => auth.signOut());
    const after = await silent();

    assert.equal(before, "loginRequired");
    assert.equal(after, "alice");
    assert.equal(await lab.who(), "alice");
    assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  });
});

// The harness itself: what every other story relies on holds in every engine.
import assert from "node:assert/strict";
import { findLeaks } from "./lib/canary.mjs";
import { stories } from "./lib/stories.mjs";

const form = {
  type: "text/html",
  body: `<!doctype html><html lang="en"><head><title>form</title><link rel="icon" href="data:,"></head><body>
    <label for="who">User name</label><input id="who"><label>Password <input type="password"></label>
    <button onclick="document.querySelector('output').textContent = 'hello ' + who.value; localStorage.setItem('who', who.value)">Sign in</button>
    <output></output></body></html>`,
};

stories("harness", { site: "empty", server: false, siteOptions: { files: { "/form": form } } }, (story) => {
  story("finds fields and buttons by the names people read", async ({ page }) => {
    await page.open("/form");

    await page.fill("User name", "ada");
    await page.fill("Password", "secret");
    await page.click("Sign in");

    await page.see("hello ada");
    assert.equal((await page.storage()).local.who, "ada");
  });

  story("gives each story an origin of its own", async ({ page }) => {
    await page.open("/form");

    assert.deepEqual((await page.storage()).local, {});
  });

  story("tabs of one browser share storage", async ({ page }) => {
    await page.open("/form");
    const other = await page.newTab("/form");

    await page.evaluate(() => localStorage.setItem("from", "first"));

    assert.equal(await other.evaluate(() => localStorage.getItem("from")), "first");
    assert.equal(await page.title(), "form");
    await other.close();
  });

  story("a rejection in the page reaches the story with its code", async ({ page }) => {
    await page.open("/");

    await assert.rejects(
      page.evaluate(async (code) => { throw Object.assign(new TypeError("no"), { code }); }, "misuse"),
      { name: "TypeError", message: "no", code: "misuse" },
    );
  });

  story("console errors and unhandled rejections are noticed", async ({ page, site }) => {
    await page.open("/");

    await page.evaluate(() => { console.error("planted"); Promise.reject(new Error("lost")); });

    await page.waitFor(() => window.__harness.settled());
    assert.deepEqual(site.console.map(({ level }) => level).sort(), ["error", "unhandled"]);
  }, { expectErrors: true });

  const token = `${"a".repeat(20)}.${"b".repeat(20)}.${"c".repeat(20)}`;
  const plants = {
    "a stored value": (secret) => localStorage.setItem("kept", secret),
    "a storage key": (secret) => sessionStorage.setItem(secret, "kept"),
    "a message between tabs": (secret) => new BroadcastChannel("tabs").postMessage({ secret }),
    "the console": (secret) => console.log("for your information", secret),
    "the address": (secret) => history.replaceState(null, "", `?q=${secret}`),
    "the history's state": (secret) => history.pushState({ secret }, ""),
  };
  for (const [place, plant] of Object.entries(plants)) {
    story(`a password in ${place} is found`, async ({ page, site }) => {
      await page.open("/form");
      await page.fill("Password", "planted-secret");

      await page.evaluate(plant, "planted-secret");
      await page.waitFor(() => window.__harness.settled());

      assert.notDeepEqual(await findLeaks({ page, site, server: null }), []);
    }, { canary: false });
  }

  story("a token may be stored and nothing else", async ({ page, site }) => {
    await page.open("/form");

    await page.evaluate((secret) => localStorage.setItem("session", JSON.stringify({ accessToken: secret })), token);
    const stored = await findLeaks({ page, site, server: null });
    await page.evaluate((secret) => console.info(secret), token);
    await page.waitFor(() => window.__harness.settled());

    assert.deepEqual(stored, []);
    assert.deepEqual(await findLeaks({ page, site, server: null }), ["a token in the console (info)"]);
  }, { canary: false });
});

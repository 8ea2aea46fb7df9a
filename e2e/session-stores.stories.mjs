// The package's own stores beside localStorage: cookies, and values that are encrypted at rest.
import assert from "node:assert/strict";
import { openSite } from "./lib/site.mjs";
import { stories } from "./lib/stories.mjs";
import { anHour, claims, hears, Lab, pools, status, token, told, who } from "./session-lab.mjs";

const cookies = { madeBy: "cookieStorage" };
const encrypted = { madeBy: "encryptedStorage" };

stories("session in other stores", { site: "bare" }, (story) => {
  for (const [what, options] of Object.entries({ cookies, "an encrypted store": encrypted })) {
    story(`a session in ${what} outlives the page and is one for all tabs`, async (world) => {
      const lab = new Lab(world, pools.rotating, options);
      const first = await lab.signedIn("rita");
      const second = await lab.tab();
      assert.equal(await token(second), await token(first));

      await lab.pass(anHour);
      await first.evaluate(() => { globalThis.asked = auth.getAccessToken(); });
      const fresh = await token(second);

      assert.equal(await first.evaluate(() => globalThis.asked), fresh);
      assert.equal(await lab.calls(), 1);
      await lab.reload(first);
      assert.equal(await token(first), fresh);
      assert.equal(await lab.calls(), 1);
    });

    story(`a sign-out empties ${what} for all tabs`, async (world) => {
      const lab = new Lab(world, pools.plain, options);
      const first = await lab.signedIn("alice");
      const second = await lab.tab();
      assert.equal(await who(second), "alice");
      const before = Object.keys(await kept(first));

      assert.deepEqual(await second.evaluate(() => auth.signOut()), { cleared: true, revoked: true });

      assert.equal(await who(first), null);
      await lab.reload(first);
      assert.equal(await who(first), null);
      const after = Object.keys(await kept(first));
      assert.ok(before.some((name) => name.includes(".session")));
      assert.deepEqual(after.filter((name) => name.includes(".session")), []);
    });
  }

  story("a session too long for one cookie is spread over several that browsers take", async (world) => {
    const lab = new Lab(world, pools.plain, cookies);
    const tab = await lab.signedIn("alice");
    const parts = (await world.driver.manage().getCookies()).filter(({ name }) => name.includes(".session"));

    assert.ok(parts.length > 2, `${parts.length} cookies`);
    for (const { name, value, path, sameSite } of parts) {
      assert.ok(name.length + value.length < 4_000, name);
      assert.equal(path, "/");
      if (sameSite) assert.equal(sameSite, "Lax");
    }
    assert.doesNotMatch(JSON.stringify(await tab.storage().then(({ local }) => local)), /eyJ/);
    await lab.reload(tab);
    assert.equal(await who(tab), "alice");
  });

  story("a cookie that is lost signs nobody in, and the next sign-in works", async (world) => {
    const lab = new Lab(world, pools.plain, cookies);
    const tab = await lab.signedIn("alice");
    const parts = (await world.driver.manage().getCookies()).filter(({ name }) => /\.session\./.test(name));
    await world.driver.manage().deleteCookie(parts[1].name);

    await lab.reload(tab);
    assert.equal(await who(tab), null);
    await tab.evaluate((secret) => auth.signIn({ username: "alice", password: secret }), "Correct-Horse-9!");
    await lab.reload(tab);

    assert.equal(await who(tab), "alice");
  });

  story("nothing of an encrypted session can be read in the store, nor the key", async (world) => {
    const lab = new Lab(world, pools.plain, encrypted);
    const tab = await lab.signedIn("alice");
    const jwt = await token(tab);

    const values = Object.values(await kept(tab));
    // As much of a token as no random bytes happen to be.
    const begin = jwt.slice(0, 16);
    for (const value of values) {
      const clear = Buffer.from(value, "base64").toString("latin1");
      for (const text of [value, clear]) {
        for (const word of [begin, "alice", claims(jwt).sub, "accessToken"]) assert.ok(!text.includes(word), word);
      }
    }
    assert.ok(values.length >= 1);
    const key = await tab.evaluate(readKey);
    assert.deepEqual(key, { type: "secret", extractable: false, exported: false });
  });

  story("an encrypted session whose key was deleted signs nobody in, and the next sign-in works", async (world) => {
    const lab = new Lab(world, pools.plain, encrypted);
    const tab = await lab.signedIn("alice");

    await tab.reload();
    await tab.evaluate(() => new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("lifeguard");
      Object.assign(request, { onsuccess: resolve, onerror: reject, onblocked: reject });
    }).then(() => null));
    await lab.begin(tab);
    assert.equal(await who(tab), null);
    await tab.evaluate((secret) => auth.signIn({ username: "alice", password: secret }), "Correct-Horse-9!");
    await lab.reload(tab);

    assert.equal(await who(tab), "alice");
  });
});

/**
 * Two origins with one cookie jar: ports of one host, which cookies do not tell apart. No lock, no channel and no storage event
 * of the one reaches the other.
 */
async function withTwoOrigins(world, run) {
  const lab = new Lab(world, pools.rotating, cookies);
  const other = await openSite("bare", { server: world.server });
  try {
    const first = await lab.signedIn("rita");
    const second = await world.page.newTab(`${other.url}/`);
    lab.tabs.push(second);
    await lab.begin(second);
    assert.notEqual(await first.evaluate(() => origin), await second.evaluate(() => origin));
    assert.equal(await who(second), "rita");
    await run({ lab, first, second });
    assert.deepEqual(other.console.filter(({ level }) => ["error", "uncaught", "unhandled"].includes(level)), []);
  } finally {
    await other.close();
  }
}

/* In the page: the pool acts at once, and its answers arrive late. */
const delayReplies = (pool, ms) => {
  const { fetch } = globalThis;
  globalThis.fetch = async (request, ...more) => {
    const reply = await fetch(request, ...more);
    if (String(request.url ?? request).startsWith(pool)) {
      globalThis.isCarriedOut = true;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    return reply;
  };
};
const ask = (tab) => tab.evaluate(() => { globalThis.asked = auth.session({ forceRefresh: true }).then((session) => session?.accessToken ?? null, ({ code }) => code); });
const answer = (tab) => tab.evaluate(() => globalThis.asked);

stories("a session of two origins", { site: "bare" }, (story) => {
  story("origins that share cookies make one refresh, without any grace", (world) =>
    withTwoOrigins(world, async ({ lab, first, second }) => {
      await lab.pass(anHour);
      await lab.server.faults({ operation: "GetTokensFromRefreshToken", kind: "delay", ms: 1_500 });
      const before = await lab.calls();

      for (const tab of [first, second]) await tab.evaluate(() => { globalThis.asked = auth.getAccessToken(); });
      const tokens = [await answer(first), await answer(second)];

      assert.ok(tokens[0]);
      assert.equal(tokens[0], tokens[1]);
      assert.equal((await lab.calls()) - before, 1);
      await lab.server.clearFaults();
      for (const tab of [first, second]) {
        assert.equal(await who(tab), "rita");
        assert.equal(await status(tab), "ok");
        assert.deepEqual(await told(tab, "signedOut"), []);
      }
    }));

  story("a sign-out on one origin reaches the other that shares its cookies", (world) =>
    withTwoOrigins(world, async ({ first, second }) => {
      assert.deepEqual(await first.evaluate(() => auth.signOut()), { cleared: true, revoked: true });

      assert.equal(await who(second), null);
      await hears(second, "signedOut");
      assert.equal(await status(second), "signedOut");
      // And the next sign-in, of the other origin, comes back.
      await second.evaluate((secret) => auth.signIn({ username: "rita", password: secret }), "Correct-Horse-9!");
      assert.equal(await who(first), "rita");
    }));

  story("a refresh whose reply is three seconds late signs nobody out at the other origin, nor here", (world) =>
    withTwoOrigins(world, async ({ lab, first, second }) => {
      await lab.pass(anHour);
      const before = await lab.calls();
      await first.evaluate(delayReplies, lab.server.url, 3_000);

      await ask(first);
      await first.waitFor(() => globalThis.isCarriedOut, { what: "a refresh" });
      await ask(second);
      const tokens = [await answer(first), await answer(second)];

      for (const token of tokens) assert.match(token ?? "", /^eyJ/);
      assert.ok((await lab.calls()) - before <= 2, "each of them forces one at most");
      for (const tab of [first, second]) {
        assert.equal(await who(tab), "rita");
        assert.deepEqual(await told(tab, "signedOut"), []);
      }
      // What is stored goes on.
      await lab.pass(anHour);
      assert.ok(await token(second));
      assert.equal(await who(first), "rita");
    }));
});

/** What localStorage and cookies hold of Lifeguard. */
async function kept(tab) {
  const { local, cookies: all } = await tab.storage();
  const pairs = all.split("; ").filter(Boolean).map((pair) => pair.split("="));
  return Object.fromEntries([...Object.entries(local), ...pairs].filter(([name]) => name.startsWith("lifeguard.")));
}

/* In the page: the key that the store made. */
async function readKey() {
  const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
  const database = await done(indexedDB.open("lifeguard"));
  const [key] = await done(database.transaction("keys").objectStore("keys").getAll());
  database.close();
  const exported = await crypto.subtle.exportKey("raw", key).then(() => true, () => false);
  return { type: key.type, extractable: key.extractable, exported };
}

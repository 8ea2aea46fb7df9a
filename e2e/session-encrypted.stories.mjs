// A session at rest under a key that scripts cannot read.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { Lab, pools, signIn, token, who } from "./session-lab.mjs";

/* In the page: the store that the lab's `auth` takes. */
async function encrypt() {
  const { encryptedStorage } = await import("lifeguard-cognito");
  globalThis.store = encryptedStorage();
}

/* In the page: a browser whose key store takes its time. */
function delayKey(ms) {
  const { subtle } = crypto;
  const generateKey = subtle.generateKey.bind(subtle);
  subtle.generateKey = async (...all) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return generateKey(...all);
  };
}

stories("session encrypted at rest", { site: "bare" }, (story) => {
  story("nothing readable lies in storage, and a reload and another tab find the session", async (world) => {
    const lab = new Lab(world, pools.plain);
    await world.page.open("/");
    await world.page.evaluate(encrypt);
    lab.tabs.push(world.page);
    await lab.begin(world.page);
    await signIn(world.page, "alice");

    const stored = await world.page.evaluate(() => Object.values({ ...localStorage }).map((value) => {
      try { return atob(value); } catch { return value; }
    }).join("\n"));
    assert.ok(stored.length > 100, "something is stored");
    // As much of a token as no random bytes happen to be.
    const begin = (await token(world.page)).slice(0, 16);
    for (const readable of [begin, "accessToken", "alice"]) assert.ok(!stored.includes(readable), readable);

    for (const tab of [world.page, await world.page.newTab("/")]) {
      await (tab === world.page ? tab.reload() : undefined);
      await tab.evaluate(encrypt);
      await lab.begin(tab);
      assert.equal(await who(tab), "alice");
    }
  });

  story("a session that ends with the tab is encrypted there, too, and survives a reload of it", async (world) => {
    const lab = new Lab(world, pools.plain);
    await world.page.open("/");
    await world.page.evaluate(encrypt);
    lab.tabs.push(world.page);
    await lab.begin(world.page);
    await signIn(world.page, "alice", { persistence: "session" });

    const [here, lasting] = await world.page.evaluate(() => [sessionStorage, localStorage].map((store) => Object.entries({ ...store }).map(([key, value]) => {
      try { return `${key} ${atob(value)}`; } catch { return `${key} ${value}`; }
    }).join("\n")));
    assert.ok(here.length > 100, "something is stored");
    const begin = (await token(world.page)).slice(0, 16);
    for (const readable of [begin, "accessToken", "alice"]) assert.ok(!here.includes(readable) && !lasting.includes(readable), readable);

    await world.page.reload();
    await world.page.evaluate(encrypt);
    await lab.begin(world.page);
    assert.equal(await who(world.page), "alice");
    await world.page.evaluate(() => auth.signOut());
    assert.ok(!(await world.page.evaluate(() => Object.keys(sessionStorage))).some((key) => key.endsWith(".session")));
  });

  for (const ms of [2_500, 4_500])
    story(`a key that comes ${ms} ms late signs nobody out, and the status is loading until then`, async (world) => {
      const lab = new Lab(world, pools.plain);
      await world.page.open("/");
      await world.page.evaluate(encrypt);
      lab.tabs.push(world.page);
      await lab.begin(world.page);
      await signIn(world.page, "alice");
      await world.page.reload();
      await world.page.evaluate(delayKey, ms);
      await world.page.evaluate(encrypt);
      await lab.begin(world.page);

      const seen = await world.page.evaluate(async () => {
        const statuses = [auth.status];
        const user = await auth.user();
        return { user: user?.username ?? null, statuses, events: told.map(({ type }) => type) };
      });

      assert.deepEqual(seen.statuses, ["loading"]);
      assert.equal(seen.user, "alice");
      assert.ok(!seen.events.includes("signedOut"), seen.events.join());
      await world.page.waitFor(() => auth.status === "ok", { what: "the status" });
    });

  story("a sign-in whose key comes late is stored once it has come, and nothing readable before", async (world) => {
    const lab = new Lab(world, pools.plain);
    await world.page.open("/");
    await world.page.evaluate(delayKey, 6_000);
    await world.page.evaluate(encrypt);
    lab.tabs.push(world.page);
    await lab.begin(world.page);
    await signIn(world.page, "alice");
    assert.equal(await who(world.page), "alice");
    const kept = () => Object.keys(localStorage).some((key) => key.endsWith(".session"));
    assert.equal(await world.page.evaluate(kept), false);

    await world.page.waitFor(kept, { what: "the session in the store" });
    const begin = (await token(world.page)).slice(0, 16);
    assert.ok(!JSON.stringify(await world.page.evaluate(() => Object.values({ ...localStorage }).map((value) => { try { return atob(value); } catch { return value; } }))).includes(begin));
    await world.page.reload();
    await world.page.evaluate(encrypt);
    await lab.begin(world.page);
    assert.equal(await who(world.page), "alice");
  });

  story("the key can be used by the page and taken by nobody", async (world) => {
    await world.page.open("/");
    await world.page.evaluate(encrypt);
    const taken = await world.page.evaluate(async () => {
      await globalThis.store.setItem("a", "one");
      const asked = indexedDB.open("lifeguard", 1);
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      const held = asked.result.transaction("keys").objectStore("keys").get("storage");
      await new Promise((resolve) => { held.onsuccess = resolve; });
      return crypto.subtle.exportKey("raw", held.result).then(() => "taken", (error) => error.name);
    });
    assert.equal(taken, "InvalidAccessError");
  });

  story("a value in another's place, a torn one and a foreign one count as absent", async (world) => {
    await world.page.open("/");
    await world.page.evaluate(encrypt);
    const read = await world.page.evaluate(async () => {
      await globalThis.store.setItem("a", "one");
      const held = localStorage.getItem("a");
      localStorage.setItem("b", held);
      localStorage.setItem("c", held.slice(0, -8));
      localStorage.setItem("d", "{\"v\":1}");
      return Promise.all(["a", "b", "c", "d", "e"].map((name) => globalThis.store.getItem(name)));
    });
    assert.deepEqual(read, ["one", null, null, null, null]);
  });
});

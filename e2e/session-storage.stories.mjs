// Where a session is kept, for how long, and what happens when the store is no good.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { anHour, Lab, pools, signIn, token, who } from "./session-lab.mjs";

/** Stores that applications have brought along; each is made in the page before `auth` is. */
const stores = {
  "throws at every touch": () => {
    const no = () => { throw new DOMException("no", "SecurityError"); };
    globalThis.store = { getItem: no, setItem: no, removeItem: no };
  },
  "is full": () => {
    globalThis.store = { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); }, removeItem() {} };
  },
  "never answers": () => {
    const never = () => new Promise(() => {});
    globalThis.store = { getItem: never, setItem: never, removeItem: never };
  },
};

stories("session and storage", { site: "bare" }, (story) => {
  story("a session that another script removed comes back from the page that has it", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    const before = await token(tab);

    await tab.evaluate((key) => localStorage.removeItem(key), `lifeguard.${pools.rotating.clientId}.session`);

    assert.equal(await token(tab), before);
    await lab.pass(anHour);
    assert.equal(await who(tab), "rita");
    await lab.reload(tab);
    assert.equal(await who(tab), "rita", "it is stored again");
  });

  story("what another script overwrote with nonsense signs nobody in", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const key = `lifeguard.${pools.plain.clientId}.session`;

    for (const nonsense of ["", "{", "null", "[]", '{"v":99}', "x".repeat(100_000)]) {
      await tab.evaluate((name, value) => localStorage.setItem(name, value), key, nonsense);
      await lab.reload(tab);
      assert.equal(await who(tab), null);
    }

    await signIn(tab, "alice");
    assert.equal(await who(tab), "alice");
    await lab.reload(tab);
    assert.equal(await who(tab), "alice");
  });

  for (const [what, make] of Object.entries(stores)) {
    story(`a store that ${what} hangs nothing and breaks nothing`, async (world) => {
      const lab = new Lab(world, pools.plain);
      await world.page.open("/");
      await world.page.evaluate(make);
      lab.tabs.push(world.page);
      await lab.begin(world.page);

      const settled = await world.page.evaluate(async (secret) => {
        const outcome = (promise) => promise.then(() => "done", (error) => (error.name === "AuthError" ? error.code : String(error)));
        const signedIn = await outcome(auth.signIn({ username: "alice", password: secret }));
        return [signedIn, await outcome(auth.session()), await outcome(auth.signOut())];
      }, "Correct-Horse-9!");

      assert.ok(["done", "storage"].includes(settled[0]), settled[0]);
      assert.ok(["done", "storage"].includes(settled[1]), settled[1]);
      assert.equal(settled[2], "done");
    });
  }

  story("a store that fills up after the sign-in does not lose the session", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    const before = await token(tab);
    await tab.evaluate(() => {
      Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    });

    await lab.pass(anHour);
    const after = await token(tab);
    assert.notEqual(after, before);
    await lab.pass(anHour);

    assert.notEqual(await token(tab), after, "the page has the token that the store would not take");
    assert.equal(await who(tab), "rita");
  });

  story("a session of this tab ends with the tab and is unknown to others", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice", { persistence: "session" });
    const other = await lab.tab();

    assert.equal(await who(other), null);
    await lab.reload(tab);
    assert.equal(await who(tab), "alice");
    await lab.pass(anHour);
    assert.equal(await who(tab), "alice");
    const { local, session } = await tab.storage();
    assert.doesNotMatch(JSON.stringify(local), /eyJ/);
    assert.match(JSON.stringify(session), /eyJ/);
  });

  story("a session in memory leaves nothing behind", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice", { persistence: "memory" });

    assert.equal(await who(tab), "alice");
    await lab.pass(anHour);
    assert.equal(await who(tab), "alice");
    const kept = JSON.stringify(await tab.storage());
    assert.doesNotMatch(kept, /eyJ/);
    await lab.reload(tab);
    assert.equal(await who(tab), null);
  });

  story("each sign-in says where it is kept, and only there it is", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice", { persistence: "local" });

    await signIn(tab, "alice", { persistence: "session" });

    const { local } = await tab.storage();
    assert.doesNotMatch(JSON.stringify(local), /eyJ/, "the choice before is over");
    await signIn(tab, "alice", { persistence: "local" });
    const { session } = await tab.storage();
    assert.doesNotMatch(JSON.stringify(session), /eyJ/);
    await lab.reload(tab);
    assert.equal(await who(tab), "alice");
  });

  story("a page of somebody who is signed in needs no WebAssembly", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const first = await token(tab);

    await lab.reload(tab);
    assert.equal(await token(tab), first);
    assert.equal(await who(tab), "alice");
    assert.equal((await tab.evaluate(() => auth.session())).accessToken, first);
    assert.deepEqual(await wasmRequests(tab), []);

    await lab.pass(anHour);
    assert.notEqual(await token(tab), first);
    assert.equal((await wasmRequests(tab)).length, 1, "a refresh does");
  });
});

const wasmRequests = (tab) =>
  tab.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith(".wasm")));

// The connection fails, the service fails, replies get lost: nobody is signed out for it.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { aWhile, anHour, failure, Lab, pools, token, who } from "./session-lab.mjs";

const refresh = "GetTokensFromRefreshToken";
/** Answers to a refresh that are no verdict on the session. */
const troubles = {
  "an internal error": { kind: "status", status: 500 },
  "a busy service": { kind: "status", status: 503 },
  "a throttled client": { kind: "status", status: 429, retryAfter: 5 },
  "a captive portal": { kind: "html" },
  "a connection that is cut": { kind: "dropRequest" },
};

stories("session and network", { site: "bare", server: { keep: true } }, (story) => {
  story("offline while the token ends: kept, and refreshed when the connection is back", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    const before = await token(tab);

    await lab.withoutServer(async () => {
      await lab.pass(0).catch(() => {});
      await tab.evaluate((ms) => { globalThis.aheadMs = ms; }, anHour * 1000);
      assert.deepEqual(await failure(tab), { kind: "AuthError", code: "network", retryable: true });
      assert.ok((await lab.record(tab)).refreshToken, "the session is kept");
    });
    await lab.pass(anHour + aWhile);

    const after = await token(tab);
    assert.ok(after);
    assert.notEqual(after, before);
    assert.equal(await who(tab), "rita");
  });

  story("a device that says it is offline is not asked to sign in again", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    await lab.withoutServer(async () => {
      await tab.evaluate((ms) => {
        globalThis.aheadMs = ms;
        Object.defineProperty(navigator, "onLine", { configurable: true, get: () => false });
        dispatchEvent(new Event("offline"));
      }, anHour * 1000);
      assert.equal((await failure(tab)).code, "offline");
    });
    await lab.pass(anHour);
    await tab.evaluate(() => {
      delete navigator.onLine;
      dispatchEvent(new Event("online"));
    });

    // No time passes: the connection's return ends the wait.
    await tab.waitFor(() => auth.getAccessToken().catch(() => null), { what: "token" });
    assert.equal(await who(tab), "alice");
  });

  story("a token that has not ended is handed out while the service cannot be reached", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const first = await token(tab);
    await lab.pass(3_580);

    await lab.withoutServer(async () => {
      assert.equal(await token(tab), first);
      await lab.reload(tab);
      assert.equal(await token(tab), first, "after a reload, too");
    });
  });

  for (const [trouble, fault] of Object.entries(troubles)) {
    story(`${trouble} at a refresh ends nothing`, async (world) => {
      const lab = new Lab(world, pools.plain);
      const tab = await lab.signedIn("alice");
      const before = await token(tab);
      await lab.pass(anHour);
      await lab.server.faults({ operation: refresh, ...fault });

      const error = await failure(tab);
      assert.equal(error.kind, "AuthError");
      await lab.reload(tab);
      assert.equal((await failure(tab)).kind, "AuthError");
      assert.ok((await lab.record(tab)).refreshToken);
      await lab.server.clearFaults();
      await lab.pass(aWhile);

      assert.notEqual(await token(tab), before);
      assert.equal(await who(tab), "alice");
    });
  }

  story("a reply that was lost is asked for again within the grace period", async (world) => {
    const lab = new Lab(world, pools.forgiving);
    const tab = await lab.signedIn("rita");
    const before = await token(tab);
    await lab.pass(anHour);
    await lab.server.faults({ operation: refresh, times: 1, kind: "dropReply" });

    const after = await token(tab);

    assert.ok(after);
    assert.notEqual(after, before);
    assert.ok(await lab.calls() >= 2, "the first one was carried out, and lost");
    await lab.pass(anHour);
    assert.equal(await who(tab), "rita", "and the token that came goes on");
  });

  story("a service that does not answer is given up in time", async (world) => {
    const lab = new Lab(world, pools.plain, { timeoutMs: 1_000 });
    const tab = await lab.signedIn("alice");
    await lab.pass(anHour);
    await lab.server.faults({ operation: refresh, times: 1, kind: "delay", ms: 20_000 });

    const begin = Date.now();
    const error = await failure(tab);

    assert.deepEqual(error, { kind: "AuthError", code: "timeout", retryable: true });
    assert.ok(Date.now() - begin < 15_000);
    await lab.pass(aWhile);
    assert.equal(await who(tab), "alice");
  });

  story("a service that asks for a pause gets it", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    await lab.pass(anHour);
    await lab.server.faults({ operation: refresh, kind: "status", status: 429, retryAfter: 60 });

    const { codes, requests } = await tab.evaluate(async () => {
      const { fetch } = globalThis;
      // A machine may be so slow that the pause is over before the calls are.
      const { now } = Date;
      const moment = now();
      Date.now = () => moment;
      let requests = 0;
      globalThis.fetch = (...request) => {
        requests += 1;
        return fetch(...request);
      };
      const codes = [];
      for (let count = 0; count < 20; count += 1) await auth.getAccessToken().catch(({ code }) => codes.push(code));
      globalThis.fetch = fetch;
      Date.now = now;
      return { codes, requests };
    });

    assert.equal(codes.length, 20);
    assert.ok(codes.every((code) => code === "throttled"), codes.join());
    assert.equal(requests, 1);
    await lab.server.clearFaults();
    await lab.pass(61);
    assert.ok(await token(tab));
  });

  story("signing out offline ends the session here", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const other = await lab.tab();
    const kept = await lab.record(tab);

    await lab.withoutServer(async () => {
      assert.deepEqual(await tab.evaluate(() => auth.signOut()), { cleared: true, revoked: false });
    });

    for (const each of [tab, other]) {
      assert.equal(await who(each), null);
      const { local } = await each.storage();
      assert.ok(!JSON.stringify(local).includes(kept.refreshToken));
    }
    await lab.reload(tab);
    assert.equal(await who(tab), null);
  });
});

// One session, several tabs: they share it, refresh it once, and end it together.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { addPerson, anHour, Lab, pools, signIn, token, who } from "./session-lab.mjs";

/* In the page: asks for a token the moment another tab says so, with the core loaded already. */
const askWhenTold = () => {
  globalThis.ready = auth.preload().then(() => true);
  globalThis.starter = new BroadcastChannel("start");
  globalThis.starter.onmessage = () => { globalThis.asked = auth.getAccessToken(); };
};
/* In the page: the pool answers what is sent, and its answer never arrives. */
const loseReplies = (pool) => {
  const { fetch } = globalThis;
  globalThis.fetch = async (request, ...more) => {
    const reply = await fetch(request, ...more);
    if (!String(request.url ?? request).startsWith(pool)) return reply;
    globalThis.lost = true;
    return new Promise(() => {});
  };
};
/* In the page: notes that something was sent to the pool. */
const noteSending = (pool) => {
  const { fetch } = globalThis;
  globalThis.fetch = (request, ...more) => {
    if (String(request.url ?? request).startsWith(pool)) globalThis.sent = true;
    return fetch(request, ...more);
  };
};
/** All tabs ask at once; the pool takes its time, so that all of them ask before it answers. */
async function startAll({ page, server, tabs }) {
  for (const tab of tabs) await tab.evaluate(() => globalThis.ready);
  await server.faults({ operation: "GetTokensFromRefreshToken", kind: "delay", ms: 2_500 });
  await page.evaluate(() => {
    globalThis.starter.postMessage("now");
    globalThis.asked = auth.getAccessToken();
  });
}
const answer = (tab) => tab.waitFor(() => globalThis.asked, { what: "question" });

stories("session in tabs", { site: "bare" }, (story) => {
  story("twenty tabs that need a token at once make one refresh, without any grace", async (world) => {
    const lab = new Lab(world, pools.rotating);
    await lab.signedIn("rita");
    while (lab.tabs.length < 20) await lab.tab();
    await lab.pass(anHour);

    for (const tab of lab.tabs) await tab.evaluate(askWhenTold);
    await startAll(lab);
    const tokens = [];
    for (const tab of lab.tabs) tokens.push(await answer(tab));

    assert.equal(new Set(tokens).size, 1, "all tabs have the same token");
    assert.ok(tokens[0]);
    assert.equal(await lab.calls(), 1);
    await lab.server.clearFaults();
    await lab.pass(anHour);
    assert.notEqual(await token(lab.tabs[7]), tokens[0], "the rotated token goes on");
    assert.equal(await lab.calls(), 2);
  }, { timeoutMs: 240_000 });

  story("where the browser has no locks, tabs that need a token at once still make one refresh", async (world) => {
    const lab = new Lab(world, pools.rotating);
    await lab.signedIn("rita");
    while (lab.tabs.length < 6) await lab.tab();
    await lab.pass(anHour);

    for (const tab of lab.tabs) {
      await tab.evaluate(() => Object.defineProperty(navigator, "locks", { value: undefined }));
      await tab.evaluate(askWhenTold);
    }
    await startAll(lab);
    const tokens = [];
    for (const tab of lab.tabs) tokens.push(await answer(tab));

    assert.equal(new Set(tokens).size, 1);
    assert.ok(tokens[0]);
    assert.equal(await lab.calls(), 1);
  }, { timeoutMs: 180_000 });

  story("two objects in one page are one session", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    await tab.evaluate(() => { globalThis.first = auth; });
    await lab.begin(tab);
    await lab.pass(anHour);

    const tokens = await tab.evaluate(() => Promise.all([auth.getAccessToken(), first.getAccessToken()]));

    assert.equal(tokens[0], tokens[1]);
    assert.equal(await lab.calls(), 1);
    await tab.evaluate(() => auth.signOut());
    assert.equal(await tab.evaluate(() => first.getAccessToken()), null);
  });

  story("a tab that is frozen in the middle of a refresh does not hold the others up for good", async (world) => {
    const lab = new Lab(world, pools.forgiving, { timeoutMs: 2_000 });
    await lab.signedIn("rita");
    const frozen = await lab.tab();
    await lab.pass(anHour);
    await frozen.evaluate(loseReplies, world.server.url);
    await frozen.evaluate(() => { globalThis.asked = auth.getAccessToken().catch(({ code }) => code); });
    await frozen.waitFor(() => globalThis.lost, { what: "reply that is lost" });

    await world.driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "frozen" });

    assert.ok(await token(lab.page));
    assert.equal(await who(lab.page), "rita");
    await lab.reload(frozen);
    assert.equal(await who(frozen), "rita");
  }, { engines: ["chromium"] });

  story("twenty callers in one tab make one refresh", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    await lab.pass(anHour);

    const tokens = await tab.evaluate(() => Promise.all(Array.from({ length: 20 }, () => auth.getAccessToken())));

    assert.equal(new Set(tokens).size, 1);
    assert.equal(await lab.calls(), 1);
  });

  story("a tab that is closed in the middle of a refresh leaves the others able to", async (world) => {
    const lab = new Lab(world, pools.forgiving);
    await lab.signedIn("rita");
    const dying = await lab.tab();
    await lab.pass(anHour);
    await dying.evaluate(loseReplies, world.server.url);
    await dying.evaluate(() => void auth.getAccessToken());
    await dying.waitFor(() => globalThis.lost, { what: "reply that is lost" });

    await dying.close();

    assert.ok(await token(lab.page));
    assert.equal(await who(lab.page), "rita");
    assert.equal(await lab.calls(), 2);
  });

  story("a new tab is signed in, with the same token", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");

    const second = await lab.tab();

    assert.equal(await who(second), "alice");
    assert.equal(await token(second), await token(first));
  });

  story("a duplicated tab and the one it was copied from stay signed in, though each refresh ends the token before", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.tab();
    await signIn(tab, "rita", { persistence: "session" });
    const copy = await lab.tab();
    await copy.evaluate((all) => Object.assign(sessionStorage, all), await tab.evaluate(() => ({ ...sessionStorage })));
    assert.equal(await token(copy), await token(tab));

    const tokens = [];
    for (const each of [tab, copy, copy, tab]) {
      await lab.pass(anHour);
      tokens.push(await token(each));
    }

    assert.ok(tokens.every(Boolean));
    assert.equal(new Set(tokens).size, 4);
    for (const each of [tab, copy]) assert.equal(await who(each), "rita");
    assert.equal(await lab.calls(), 4);
  });

  story("a sign-out in one tab signs the others out", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");
    const second = await lab.tab();
    assert.equal(await who(second), "alice");

    const result = await first.evaluate(() => auth.signOut());

    assert.deepEqual(result, { cleared: true, revoked: true });
    await lab.settle(first);
    assert.equal(await who(second), null);
    assert.equal(await token(second), null);
    assert.equal(await lab.record(second), null);
  });

  story("a refresh under way does not bring back a session that another tab ended", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const refreshing = await lab.signedIn("rita");
    const leaving = await lab.tab();
    await lab.pass(anHour);
    await lab.server.faults({ operation: "GetTokensFromRefreshToken", kind: "delay", ms: 2_000 });
    await refreshing.evaluate(noteSending, world.server.url);
    await refreshing.evaluate(() => {
      globalThis.asked = auth.getAccessToken().catch(({ code }) => code);
    });
    await refreshing.waitFor(() => globalThis.sent, { what: "refresh under way" });

    await leaving.evaluate(() => auth.signOut());

    assert.ok([null, "signedOut"].includes(await refreshing.evaluate(() => globalThis.asked)));
    assert.equal(await lab.calls(), 1, "the refresh was under way");
    await lab.server.clearFaults();
    await lab.settle(leaving);
    for (const tab of lab.tabs) {
      assert.equal(await who(tab), null);
      assert.equal(await lab.record(tab), null);
    }
    await lab.reload(refreshing);
    assert.equal(await who(refreshing), null);
  });

  story("a refresh under way does not write over the next person's session", async (world) => {
    const lab = new Lab(world, pools.plain);
    const refreshing = await lab.signedIn("alice");
    const other = await lab.tab();
    await addPerson(world.server, pools.plain, "erin");
    await lab.pass(anHour);
    await lab.server.faults({ operation: "GetTokensFromRefreshToken", kind: "delay", ms: 8_000 });
    await refreshing.evaluate(noteSending, world.server.url);
    await refreshing.evaluate(() => {
      globalThis.asked = auth.getAccessToken().catch(({ code }) => code);
    });
    await refreshing.waitFor(() => globalThis.sent, { what: "refresh under way" });

    await signIn(other, "erin");
    await refreshing.evaluate(() => globalThis.asked);

    for (const tab of lab.tabs) assert.equal(await who(tab), "erin");
    await lab.server.clearFaults();
    await lab.pass(anHour);
    for (const tab of lab.tabs) assert.equal(await who(tab), "erin");
  });

  story("the second of two people takes the first one's place in every tab", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");
    await addPerson(world.server, pools.plain, "erin");
    const second = await lab.tab();
    const before = await token(first);

    await signIn(second, "erin");

    assert.equal(await who(first), "erin");
    assert.notEqual(await token(first), before);
    const kept = JSON.stringify(await first.storage());
    assert.ok(!kept.includes(before), "nothing of the first person is kept");
  });
});

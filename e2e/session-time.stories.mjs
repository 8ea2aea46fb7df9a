// Time passes, stands still, jumps: what an access token's end means to a page.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { anHour, claims, dispatch, keepable, Lab, leaveAndComeBack, pools, setClock, signIn, token, who } from "./session-lab.mjs";

stories("session in time", { site: "bare" }, (story) => {
  story("a token is used as long as it lives, and then a new one", async (world) => {
    const lab = new Lab(world, pools.brief);
    const tab = await lab.signedIn("rita");
    const first = await token(tab);

    await lab.pass(200);
    assert.equal(await token(tab), first);
    assert.equal(await lab.calls(), 0);
    await lab.pass(120);
    const second = await token(tab);

    assert.notEqual(second, first);
    assert.equal(await lab.calls(), 1);
    assert.ok(claims(second).iat >= claims(first).iat + 320);
    assert.equal(claims(second).origin_jti, claims(first).origin_jti, "the same sign-in goes on");
  });

  story("a token that ends within seconds is not handed out", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const first = await token(tab);

    await lab.pass(3_590);

    assert.notEqual(await token(tab), first);
  });

  story("a clock that is a day wrong at sign-in ends nothing", async (world) => {
    for (const wrong of [-86_400, 86_400]) {
      const lab = new Lab(world, pools.plain);
      const tab = await lab.tab();
      await setClock(tab, wrong);
      const { status } = await tab.evaluate((secret) => auth.signIn({ username: "alice", password: secret, authFlow: "USER_PASSWORD_AUTH" }), "Correct-Horse-9!");

      assert.equal(status, "signedIn");
      assert.equal(await who(tab), "alice");
      assert.equal(await lab.calls(), 0, "a fresh token is a fresh token");
      await setClock(tab, wrong + anHour);
      assert.equal(await who(tab), "alice");
      assert.equal(await lab.calls(), 1);
      await tab.evaluate(() => auth.signOut());
      await world.server.reset();
    }
  });

  story("a clock that jumps, forward or back, ends nothing", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");

    for (const jump of [86_400 * 30, -86_400 * 30, 0]) {
      await setClock(tab, jump);
      assert.equal(await who(tab), "rita");
    }

    await lab.reload(tab);
    assert.equal(await who(tab), "rita");
  });

  story("a laptop that slept for a night wakes up signed in, with one refresh", async (world) => {
    const lab = new Lab(world, pools.rotating);
    await lab.signedIn("rita");
    await lab.tab();
    await lab.tab();
    const before = await token(lab.page);

    await lab.pass(9 * 3_600);
    for (const tab of lab.tabs) {
      await dispatch(tab, "document", "visibilitychange");
      await dispatch(tab, "window", "online");
    }

    for (const tab of lab.tabs) assert.equal(await who(tab), "rita");
    assert.notEqual(await token(lab.page), before);
    assert.equal(await lab.calls(), 1);
  });

  story("a page that the browser froze and thawed goes on", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    const before = await token(tab);

    await world.driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "frozen" });
    await lab.server.clock(anHour);
    await world.driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "active" });
    await setClock(tab, anHour);

    assert.notEqual(await token(tab), before);
    assert.equal(await who(tab), "rita");
  }, { engines: ["chromium"] });

  story("a page that comes back from the back/forward cache knows what happened meanwhile", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();
    const other = await lab.tab();

    const wasKept = await leaveAndComeBack({
      ...world, lab, tab,
      prepare: () => signIn(tab, "alice"),
      meanwhile: () => other.evaluate(() => auth.signOut()),
    });
    if (!wasKept) return;

    assert.equal(await who(tab), null);
  }, { siteOptions: keepable });
});

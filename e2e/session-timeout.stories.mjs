// A session that an application limits: to the time somebody uses it, or to a fixed time.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { anHour, dispatch, hears, keepable, Lab, pools, signIn, status, token, who } from "./session-lab.mjs";

const idle = { sessionTimeout: { idleSeconds: 600 } };
const absolute = { sessionTimeout: { absoluteSeconds: 2 * 3_600 } };

/** Whether the site has lost the core, as a file and as text. */
let isCoreGone = false;
const core = () => (isCoreGone ? { status: 503 } : null);

stories("session timeout", { site: "bare" }, (story) => {
  story("a session that nobody uses ends, here and at the service, and the page hears why", async (world) => {
    const lab = new Lab(world, pools.plain, idle);
    const tab = await lab.signedIn("alice");
    await lab.pass(590);
    assert.equal(await who(tab), "alice");

    await lab.pass(20);

    assert.equal(await token(tab), null);
    assert.deepEqual(await hears(tab, "signedOut"), { type: "signedOut", reason: "timeout" });
    assert.equal(await status(tab), "signedOut");
    assert.equal(await lab.record(tab), null);
    assert.equal(await lab.calls("RevokeToken"), 1);
  });

  story("whoever uses one tab uses them all", async (world) => {
    const lab = new Lab(world, pools.plain, idle);
    const first = await lab.signedIn("alice");
    const second = await lab.tab();
    assert.equal(await who(second), "alice");
    const key = `lifeguard.${pools.plain.clientId}.active`;
    const before = await second.evaluate((name) => localStorage.getItem(name), key);
    await lab.pass(400);

    await dispatch(second, "window", "keydown");
    await second.waitFor((name, value) => localStorage.getItem(name) !== value, { args: [key, before], what: "note of the use" });
    await lab.pass(400);

    assert.equal(await who(first), "alice");
    await lab.pass(601);
    assert.equal(await who(first), null);
    assert.equal((await hears(second, "signedOut")).reason, "timeout");
  });

  story("a touch after the time does not bring the session back, nor does a reload", async (world) => {
    const lab = new Lab(world, pools.plain, idle);
    const tab = await lab.signedIn("alice");
    const other = await lab.tab();
    await lab.pass(601);

    await dispatch(tab, "window", "pointerdown");

    await hears(tab, "signedOut");
    assert.equal(await who(tab), null);
    await lab.reload(other);
    assert.equal(await who(other), null);
  });

  story("where the core does not load, the session leaves this browser after its time all the same", async (world) => {
    const lab = new Lab(world, pools.plain, idle);
    const tab = await lab.signedIn("alice");
    isCoreGone = true;
    await lab.reload(tab);
    const other = await lab.tab();
    assert.equal(await who(other), "alice");
    await lab.pass(601);

    await dispatch(tab, "window", "pointerdown");

    assert.equal((await hears(tab, "signedOut")).reason, "timeout");
    assert.equal(await token(tab), null);
    assert.equal(await lab.record(other), null);
    isCoreGone = false;
  }, { siteOptions: { files: { "/package/dist/lifeguard_bg.wasm": core, "/package/dist/core/wasm-text.js": core } } });

  story("a page opened after the time hands out nothing", async (world) => {
    const lab = new Lab(world, pools.plain, idle);
    const tab = await lab.signedIn("alice");
    await tab.open("/elsewhere");
    await lab.pass(601);

    await tab.open("/");
    await lab.begin(tab);

    assert.equal(await token(tab), null);
    assert.equal(await lab.record(tab), null);
  }, { siteOptions: keepable });

  story("a call for the account counts as nobody's after the time", async (world) => {
    const lab = new Lab(world, pools.plain, idle);
    const tab = await lab.signedIn("alice");
    await lab.pass(601);

    const code = await tab.evaluate(() => auth.mfa.preference().then(() => "done", (error) => error.code));

    assert.equal(code, "signedOut");
  });

  story("a session ends a fixed time after the sign-in, however often it was refreshed", async (world) => {
    const lab = new Lab(world, pools.rotating, absolute);
    const tab = await lab.signedIn("rita");
    const first = await token(tab);
    await lab.pass(anHour);
    assert.notEqual(await token(tab), first);

    await lab.pass(anHour);

    assert.equal(await token(tab), null);
    assert.equal((await hears(tab, "signedOut")).reason, "timeout");
    await signIn(tab, "rita");
    assert.equal(await who(tab), "rita", "the next sign-in begins anew");
  });

  story("without a time that is set nothing ends", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");

    await lab.pass(20 * 24 * 3_600);

    assert.equal(await who(tab), "rita");
    assert.equal(await tab.evaluate(() => Object.keys(localStorage).some((key) => key.endsWith(".active"))), false);
  });
});

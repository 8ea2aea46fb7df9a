// What becomes of a session that another library left in the browser: it goes on, ends when it should, and is no one else's.
import assert from "node:assert/strict";
import { stories } from "../e2e/lib/stories.mjs";
import { anHour, claims, Lab, password, pools, token, who } from "../e2e/session-lab.mjs";
import { bundleOthers, drive } from "./lib/others.mjs";

const places = [
  ["amazon-cognito-identity-js", "local"],
  ["amazon-cognito-identity-js", "session"],
  ["amazon-cognito-identity-js", "cookie"],
  ["aws-amplify", "local"],
  ["aws-amplify", "session"],
  ["aws-amplify", "cookie"],
  ["amazon-cognito-passwordless-auth", "local"],
];
const amplify = ["aws-amplify", "local"];

/** A lab on whose page a person signed in with another library. */
async function leaveSession([client, storage], world, pool, username, options) {
  const lab = new Lab(world, pool, options);
  await world.page.open("/");
  const left = await drive(world.page, client, { ...pool, endpoint: world.server.url, storage }, "signIn", { username, password });
  const { local, session, cookies } = await world.page.storage();
  const where = { local: Object.values(local), session: Object.values(session), cookie: [cookies] }[storage];
  assert.ok(where.some((value) => value.includes(left)), `the session is in ${storage} storage`);
  return { lab, left };
}

/** Names under which this browser keeps tokens. */
async function tokenNames(page) {
  const { local, session, cookies } = await page.storage();
  const pairs = cookies.split("; ").filter(Boolean).map((pair) => pair.split("="));
  return [...Object.entries({ ...local, ...session }), ...pairs].filter(([, value]) => value.includes("eyJ")).map(([name]) => name);
}

const others = await bundleOthers();
/** A page that sets `globalThis.held` sees what other libraries left only once that promise is kept. */
const slowLook = {
  "/package/dist/session/other-libraries.js": ({ url }) =>
    url.includes("?") ? null : { body: 'await globalThis.held; export * from "/package/dist/session/other-libraries.js?held";' },
};

stories("adoption", { site: "bare", siteOptions: { files: others } }, (story) => {
  for (const place of places) {
    const [client, storage] = place;

    story(`a session of ${client} in ${storage} storage goes on where it was, until a sign-out ends it for good`, async (world) => {
      const { lab, left } = await leaveSession(place, world, pools.plain, "alice");
      const signIns = await lab.calls("InitiateAuth");

      const tab = await lab.tab();
      assert.equal(await who(tab), "alice");
      assert.equal(await token(tab), left, "the very token");
      await lab.pass(anHour);
      const refreshed = await token(tab);
      await lab.reload(tab);
      assert.equal(await token(tab), refreshed);
      assert.equal(claims(refreshed).origin_jti, claims(left).origin_jti, "the same sign-in");
      assert.deepEqual([await lab.calls(), await lab.calls("InitiateAuth")], [1, signIns]);

      assert.deepEqual(await tab.evaluate(() => auth.signOut()), { cleared: true, revoked: true });
      await lab.reload(tab);

      assert.equal(await who(tab), null, "it is not taken over a second time");
      assert.deepEqual(await tokenNames(tab), []);
    });

    story(`a session of ${client} in ${storage} storage whose tokens have ended is refreshed at once`, async (world) => {
      const { lab, left } = await leaveSession(place, world, pools.plain, "alice");
      await lab.pass(10 * anHour);

      const tab = await lab.tab();

      const refreshed = await token(tab);
      assert.ok(refreshed);
      assert.equal(claims(refreshed).origin_jti, claims(left).origin_jti);
      assert.equal(await lab.calls(), 1);
      assert.equal(await who(tab), "alice");
    });
  }

  story("tabs that all find the same session left behind refresh it once", async (world) => {
    const { lab } = await leaveSession(amplify, world, pools.plain, "alice");
    await lab.pass(anHour);
    while (lab.tabs.length < 5) await lab.tab();
    await world.server.faults({ operation: "GetTokensFromRefreshToken", kind: "delay", ms: 2_000 });

    for (const tab of lab.tabs) await tab.evaluate(() => { globalThis.asked = auth.getAccessToken(); });
    const tokens = [];
    for (const tab of lab.tabs) tokens.push(await tab.evaluate(() => globalThis.asked));

    assert.ok(tokens[0]);
    assert.equal(new Set(tokens).size, 1);
    assert.equal(await lab.calls(), 1);
  });

  story("a tab that finds the session gone, because another has just taken it over, has it too", async (world) => {
    const { lab, left } = await leaveSession(amplify, world, pools.plain, "alice");
    const [slow, quick] = [await lab.tab(), await lab.tab()];
    await slow.evaluate(() => {
      globalThis.held = new Promise((resolve) => { globalThis.goOn = resolve; });
      globalThis.asked = auth.getAccessToken();
    });
    assert.equal(await token(quick), left);
    await lab.settle(quick);

    assert.equal(await slow.evaluate(() => { globalThis.goOn(); return globalThis.asked; }), left);
  }, { siteOptions: { files: { ...others, ...slowLook } } });

  story("a session that the service ended meanwhile signs nobody in", async (world) => {
    const { lab } = await leaveSession(amplify, world, pools.plain, "alice");
    await world.server.call("AdminUserGlobalSignOut", { UserPoolId: pools.plain.userPoolId, Username: "alice" });
    await lab.pass(anHour);

    const tab = await lab.tab();

    assert.equal(await token(tab), null);
    assert.deepEqual(await tokenNames(tab), []);
  });

  story("a session left behind waits for the connection", async (world) => {
    const { lab } = await leaveSession(amplify, world, pools.plain, "alice");
    await lab.pass(anHour);
    await world.server.faults({ operation: "GetTokensFromRefreshToken", kind: "status", status: 503 });
    const tab = await lab.tab();
    await assert.rejects(token(tab), { code: "serviceUnavailable" });

    await world.server.clearFaults();
    await lab.pass(120);

    assert.equal(await who(tab), "alice");
  });

  story("a session of another pool is left where it is", async (world) => {
    const { lab, left } = await leaveSession(amplify, world, pools.plain, "alice");
    const names = await tokenNames(world.page);
    const other = new Lab(world, { ...pools.plain, userPoolId: "eu-west-1_Elsewhere" });

    assert.equal(await who(await other.tab()), null);

    assert.deepEqual(await tokenNames(world.page), names);
    assert.equal(await token(await lab.tab()), left);
  });

  story("a migration in stages: the other library goes on beside, until a sign-out", async (world) => {
    const { lab } = await leaveSession(amplify, world, pools.plain, "alice", { legacyKeys: "keep" });
    const settings = { ...pools.plain, endpoint: world.server.url, storage: "local" };
    const tab = await lab.tab();
    assert.equal(await who(tab), "alice");
    await lab.pass(anHour);
    const fresh = await token(tab);

    const kept = await tab.evaluate(() => Object.entries(localStorage).find(([name]) => /^Cognito.*\.accessToken$/.test(name))?.[1]);
    assert.equal(kept, fresh, "it has the new token");
    assert.ok(await drive(tab, "aws-amplify", settings, "refresh"), "and can go on by itself");
    assert.equal(await who(tab), "alice");

    await tab.evaluate(() => auth.signOut());
    assert.deepEqual(await tokenNames(tab), []);
  });

  story("half a session signs nobody in", async (world) => {
    const { lab } = await leaveSession(amplify, world, pools.plain, "alice");
    await world.page.evaluate(() => {
      for (const name of Object.keys(localStorage)) if (name.endsWith(".accessToken")) localStorage.setItem(name, "undefined");
    });

    assert.equal(await who(await lab.tab()), null);
  });

  story("what another tab's old release writes again does not replace the newer session", async (world) => {
    const { lab, left } = await leaveSession(amplify, world, pools.plain, "alice");
    const before = await world.page.evaluate(() => ({ ...localStorage }));
    const tab = await lab.tab();
    assert.equal(await token(tab), left);
    await lab.pass(anHour);
    const newer = await token(tab);

    await tab.evaluate((entries) => { for (const [name, value] of Object.entries(entries)) localStorage.setItem(name, value); }, before);
    await lab.reload(tab);

    assert.equal(await token(tab), newer);
  });
});

// What really ends a session: the service's word. And what does not.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { anHour, claims, failure, Lab, pools, token, who } from "./session-lab.mjs";

const alice = { UserPoolId: pools.plain.userPoolId, Username: "alice" };
/** Verdicts of the service, by what an administrator did. */
const verdicts = {
  "an administrator signed the person out": (server) => server.call("AdminUserGlobalSignOut", alice),
  "the account was disabled": (server) => server.call("AdminDisableUser", alice),
  "the account was deleted": (server) => server.call("AdminDeleteUser", alice),
};

stories("end of a session", { site: "bare" }, (story) => {
  for (const [what, judge] of Object.entries(verdicts)) {
    story(`${what}: the next refresh ends the session, in every tab`, async (world) => {
      const lab = new Lab(world, pools.plain);
      const tab = await lab.signedIn("alice");
      const other = await lab.tab();
      await judge(world.server);

      assert.equal(await who(tab), "alice", "a token that lives is not judged here");
      await lab.pass(anHour);

      assert.equal(await token(tab), null);
      assert.equal(await lab.record(tab), null);
      assert.equal(await who(other), null);
      assert.equal(await lab.calls(), 1, "a dead token is asked about once");
    });
  }

  story("a sign-in that is over its time ends", async (world) => {
    const lab = new Lab(world, pools.brief);
    const tab = await lab.signedIn("rita");

    await lab.pass(anHour);

    assert.equal(await token(tab), null);
    assert.equal(await lab.record(tab), null);
  });

  story("a refresh token that somebody else used ends the session where there is no grace", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    const { refreshToken } = await lab.record(tab);
    await world.server.call("GetTokensFromRefreshToken", { RefreshToken: refreshToken, ClientId: pools.rotating.clientId });

    await lab.pass(anHour);

    assert.equal(await token(tab), null);
  });

  story("a pool that tracks devices is told the device at each refresh", async (world) => {
    const lab = new Lab(world, pools.devices);
    const tab = await lab.signedIn("dora");
    const first = await token(tab);
    assert.ok(claims(first).device_key, "the pool gave the device a name");
    const { refreshToken } = await lab.record(tab);
    const { clientId } = pools.devices;
    await assert.rejects(world.server.call("GetTokensFromRefreshToken", { RefreshToken: refreshToken, ClientId: clientId }), /NotAuthorized/);

    await lab.pass(anHour);
    const second = await token(tab);

    assert.notEqual(second, first);
    assert.equal(claims(second).device_key, claims(first).device_key);
    await lab.reload(tab);
    await lab.pass(anHour);
    assert.equal(await who(tab), "dora", "after a reload, too");
  });

  story("signing out everywhere ends the sessions of other browsers", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const elsewhere = await world.server.call("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH", ClientId: pools.plain.clientId, AuthParameters: { USERNAME: "alice", PASSWORD: "Correct-Horse-9!" },
    });

    const result = await tab.evaluate(() => auth.signOut({ global: true }));

    assert.equal(result.cleared, true);
    assert.equal(result.everywhere, true);
    const { RefreshToken } = elsewhere.AuthenticationResult;
    await assert.rejects(world.server.call("GetTokensFromRefreshToken", { RefreshToken, ClientId: pools.plain.clientId }), /NotAuthorized/);
  });

  story("nobody is signed in: every question has an answer at once", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();

    assert.equal(await token(tab), null);
    assert.equal(await tab.evaluate(() => auth.session()), null);
    assert.deepEqual(await loadedWasm(tab), [], "which takes no WebAssembly");
    assert.equal(await failure(tab, "signOut"), null);
    assert.deepEqual(await world.server.counters(), {});
  });

  story("signing in loads all there is: what comes later needs no further file", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    assert.equal(await who(tab), "alice");
    assert.deepEqual(await loadedWasm(tab), ["lifeguard_bg.wasm"]);
    assert.equal(await failure(tab, "signOut"), null);
    assert.deepEqual(await loadedWasm(tab), ["lifeguard_bg.wasm"]);
    assert.equal(await token(tab), null);
  });
});

/** Names of the WebAssembly files that a page has fetched. */
function loadedWasm(tab) {
  return tab.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => name.split("/").pop()).filter((name) => name.endsWith(".wasm")).sort());
}

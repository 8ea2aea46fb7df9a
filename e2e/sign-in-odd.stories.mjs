// Signing in where something around it is not as usual: clocks, tabs, what an earlier release left.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { choice } from "./pools.mjs";
import { Lab, pools, signIn, token, who } from "./session-lab.mjs";

const anHourMs = 3_600_000;

/* In the page: the pool's `Date` cannot be read, as behind a proxy that does not expose it. */
const hideDate = (pool) => {
  const { fetch } = globalThis;
  globalThis.fetch = async (request, ...more) => {
    const reply = await fetch(request, ...more);
    if (!String(request.url ?? request).startsWith(pool)) return reply;
    const headers = new Headers(reply.headers);
    headers.delete("date");
    return new Response(await reply.blob(), { status: reply.status, headers });
  };
};

stories("sign-in under odd conditions", { site: "bare" }, (story) => {
  for (const [off, ms] of [["slow", -anHourMs], ["fast", anHourMs]]) {
    story(`a device clock an hour ${off}, and a service whose time cannot be read: who knows the password is signed in, who does not is told so`, async (world) => {
      const tab = await new Lab(world, pools.plain).tab();
      await tab.evaluate(hideDate, world.server.url);
      await tab.evaluate((shift) => (globalThis.aheadMs += shift), ms);

      await assert.rejects(tab.evaluate(() => auth.signIn({ username: "alice", password: "Wrong-Horse-9!" })), { code: "incorrectCredentials" });
      await signIn(tab, "alice");

      assert.equal(await who(tab), "alice");
    });
  }

  story("a link that opened another tab finishes the sign-in there, for every tab", async (world) => {
    const lab = new Lab(world, choice, { resumeSignIn: { everyTab: true } });
    const begun = await lab.tab();
    const { challenge } = await begun.evaluate(() => auth.signIn({ username: "paul", authFlow: "USER_AUTH", preferredChallenge: "EMAIL_OTP" }));
    assert.equal(challenge.name, "EMAIL_OTP");

    const link = await lab.tab();
    const code = await world.server.code("paul@example.com");
    const { status } = await link.evaluate(async (code) => {
      const [challenge] = await auth.pendingSignIns();
      return auth.answerChallenge(challenge, { code });
    }, code);

    assert.equal(status, "signedIn");
    await lab.settle(link);
    assert.equal(await who(begun), "paul");
    for (const tab of [begun, link]) assert.deepEqual(await tab.evaluate(() => auth.pendingSignIns()), []);
  });

  story("after a change of the app client, docs/sessions.md takes the old session out and has it revoked", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const tab = await lab.signedIn("rita");
    const { refreshToken } = await lab.record(tab);

    await tab.evaluate(async (options) => {
      const { createAuth } = await import("lifeguard-cognito");
      const old = createAuth(options);
      if (old.status !== "signedOut") await old.signOut();
    }, { ...pools.rotating, endpoint: world.server.url });

    const { local } = await tab.storage();
    assert.ok(!JSON.stringify(local).includes(refreshToken));
    assert.equal((await world.server.counters()).RevokeToken, 1);
    assert.equal(await token(tab), null);
  });
});

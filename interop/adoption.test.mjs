// Sessions that other people's clients left in a browser are taken over: nobody is signed out by a migration.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { defaultPool } from "../e2e/lib/server.mjs";
import { bundleOthers, drive } from "./lib/others.mjs";
import { openDevServer, seeded } from "./lib/pool.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";

const password = "Correct-Horse-9!";

describe("the SDK takes over the session of", { skip: skipReason() }, () => {
  let server;
  let browser;
  before(async () => {
    browser = await openSdk(undefined, { files: await bundleOthers() });
    server = await openDevServer({ args: ["--public-url", browser.recorder.url] });
    browser.recorder.forwardTo(server.url);
  });
  beforeEach(async () => {
    await server.reset();
    await browser.page.evaluate(() => (localStorage.clear(), sessionStorage.clear()));
    await browser.page.open("/");
    browser.recorder.clear();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Signs in by another client, then opens the page anew as the next release of the application would. */
  async function leaveSession(client, pool, username, storage) {
    const token = await drive(browser.page, client, { ...pool, endpoint: browser.recorder.url, storage }, "signIn", { username, password });
    await browser.page.reload();
    browser.recorder.clear();
    return token;
  }

  for (const [client, storage] of [
    ["amazon-cognito-identity-js", "local"],
    ["amazon-cognito-identity-js", "session"],
    ["aws-amplify", "local"],
    ["aws-amplify", "session"],
    ["amazon-cognito-passwordless-auth", "local"],
  ]) {
    test(`${client} in ${storage} storage, and refreshes it`, async () => {
      const token = await leaveSession(client, defaultPool, "alice", storage);
      const auth = await browser.createAuth({ ...defaultPool, storage });

      const session = await auth.session();
      assert.equal(session?.accessToken, token);
      assert.equal(session.user.username, "alice");
      assert.equal(session.user.claims.email, "alice@example.com");
      assert.deepEqual(browser.recorder.operations(), []);

      const refreshed = await auth.session({ forceRefresh: true });
      assert.notEqual(refreshed.accessToken, token);
      assert.equal(refreshed.user.sub, session.user.sub);
      assert.equal((await auth.signOut()).revoked, true);
      assert.equal(await (await browser.createAuth({ ...defaultPool, storage })).session(), null);
    });
  }

  for (const client of ["amazon-cognito-identity-js", "aws-amplify"]) {
    test(`${client} with the device it remembers`, async () => {
      await leaveSession(client, seeded.device, "dora", "local");
      const auth = await browser.createAuth({ ...seeded.device, storage: "local" });
      assert.equal((await auth.session())?.user.username, "dora");
      await auth.session({ forceRefresh: true });
      await auth.signOut();
      browser.recorder.clear();

      await auth.signIn({ username: "dora", password });

      const answered = browser.recorder.entries.filter(({ operation }) => operation === "RespondToAuthChallenge").map(({ body }) => JSON.parse(body).ChallengeName);
      assert.deepEqual(answered, ["PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]);
      assert.equal(browser.recorder.operations().includes("ConfirmDevice"), false);
    });
  }
});

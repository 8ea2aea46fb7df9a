// Our SDK, in a browser, against MiniStack.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { ministackSkipReason, openMinistack } from "./lib/ministack.mjs";
import { makePerson, makePool } from "./lib/pool.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";

const password = "Correct-Horse-9!";

describe("the SDK against MiniStack", { skip: skipReason() || (await ministackSkipReason()) }, () => {
  let server;
  let sdk;
  before(async () => {
    server = await openMinistack();
    sdk = await openSdk(server.url);
  });
  after(async () => {
    await sdk?.close();
    await server?.close();
  });
  afterEach(() => {
    const problems = sdk.recorder.problems();
    sdk.recorder.clear();
    assert.deepEqual(problems, []);
  });

  test("signs in by SRP with the right password", async () => {
    const pool = await makePool(server.admin);
    await makePerson(server.admin, pool, { username: "ada", password });
    const auth = await sdk.createAuth(pool);

    const result = await auth.signIn({ username: "ada", password });

    assert.equal(result.status, "signedIn");
    assert.equal(result.user.username, "ada");
    assert.equal(result.user.claims.email, "ada@example.com");
    assert.deepEqual(sdk.recorder.operations(), ["InitiateAuth", "RespondToAuthChallenge"]);
    assert.equal(sdk.recorder.entries.some(({ body }) => body.includes(password)), false);
  });

  test("is refused with a wrong password, and with one that differs by a blank", async () => {
    const pool = await makePool(server.admin);
    await makePerson(server.admin, pool, { username: "ada", password });
    const auth = await sdk.createAuth(pool);

    for (const wrong of ["correct-Horse-9!", `${password} `]) {
      await assert.rejects(auth.signIn({ username: "ada", password: wrong }), { name: "AuthError", code: "incorrectCredentials" });
      assert.equal(await auth.session(), null);
    }
  });
});

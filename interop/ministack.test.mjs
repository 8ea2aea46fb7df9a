// Our SDK, in a browser, against MiniStack.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { waitUntil } from "../scripts/lib/process.mjs";
import { ministackSkipReason, openMinistack } from "./lib/ministack.mjs";
import { makePerson, makePool } from "./lib/pool.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";
import { totp, wrongTotp } from "./lib/totp.mjs";

const password = "Correct-Horse-9!";

describe("the SDK against MiniStack", { skip: skipReason() || (await ministackSkipReason()) }, () => {
  let server;
  let sdk;
  let trigger;
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
    assert.equal((await auth.signIn({ username: "ada", password })).status, "signedIn");
  });

  test("a refusal reads the same for a person the pool does not know", async () => {
    const pool = await makePool(server.admin, { client: { PreventUserExistenceErrors: "ENABLED" } });
    const auth = await sdk.createAuth(pool);

    await assert.rejects(auth.signIn({ username: "nobody", password }), { code: "incorrectCredentials" });
  });

  test("the plain password flow signs in, and is refused with a wrong password", async () => {
    const pool = await makePool(server.admin);
    await makePerson(server.admin, pool, { username: "ada", password });
    const auth = await sdk.createAuth(pool);

    await assert.rejects(auth.signIn({ username: "ada", password: "Wrong-Horse-9!", authFlow: "USER_PASSWORD_AUTH" }), { code: "incorrectCredentials" });
    const { status } = await auth.signIn({ username: "ada", password, authFlow: "USER_PASSWORD_AUTH" });

    assert.equal(status, "signedIn");
  });

  test("signs up, confirms, and recovers a forgotten password", async () => {
    const auth = await sdk.createAuth(await makePool(server.admin));
    const signedUp = await auth.signUp({ username: "grace", password, attributes: { email: "grace@example.com" } });
    assert.equal(signedUp.status, "confirmationRequired");
    await assert.rejects(auth.signIn({ username: "grace", password }), { code: "userNotConfirmed" });
    await assert.rejects(auth.confirmSignUp({ username: "grace", code: "999999" }), { code: "codeMismatch" });
    await auth.confirmSignUp({ username: "grace", code: "123456" });
    assert.equal((await auth.signIn({ username: "grace", password })).user.sub, signedUp.userSub);

    await auth.forgotPassword({ username: "grace" });
    await auth.confirmForgotPassword({ username: "grace", code: "654321", newPassword: "Another-Horse-9!" });

    await assert.rejects(auth.signIn({ username: "grace", password }), { code: "incorrectCredentials" });
    assert.equal((await auth.signIn({ username: "grace", password: "Another-Horse-9!" })).status, "signedIn");
  });

  test("replaces a temporary password", async () => {
    const pool = await makePool(server.admin);
    await makePerson(server.admin, pool, { username: "nell", password: "Temporary-Pass-1!", permanent: false });
    const auth = await sdk.createAuth(pool);
    const { challenge } = await auth.signIn({ username: "nell", password: "Temporary-Pass-1!" });
    assert.equal(challenge.name, "NEW_PASSWORD_REQUIRED");

    const { status } = await auth.answerChallenge(challenge, { newPassword: password });

    assert.equal(status, "signedIn");
    assert.equal((await auth.signIn({ username: "nell", password })).status, "signedIn");
  });

  test("asks for the code of an authenticator app, refuses a wrong one, and asks again", async () => {
    const pool = await makePool(server.admin, {});
    await server.admin.setUserPoolMfaConfig({ UserPoolId: pool.userPoolId, MfaConfiguration: "OPTIONAL", SoftwareTokenMfaConfiguration: { Enabled: true } });
    await makePerson(server.admin, pool, { username: "ada", password });
    const secret = await enroll(pool, "ada");
    const auth = await sdk.createAuth(pool);

    const { challenge } = await auth.signIn({ username: "ada", password });
    assert.equal(challenge.name, "SOFTWARE_TOKEN_MFA");
    assert.equal(await auth.session(), null);
    const refused = await auth.answerChallenge(challenge, { code: wrongTotp(secret) }).catch((error) => error);
    assert.equal(refused.code, "codeMismatch");
    const { status } = await auth.answerChallenge(refused.challenge ?? challenge, { code: totp(secret) });

    assert.equal(status, "signedIn");
  });

  test("answers custom challenges one after the other, a wrong answer among them", async () => {
    const auth = await sdk.createAuth(await poolWithTriggers());
    let { challenge } = await auth.signIn({ username: "ada", authFlow: "CUSTOM_AUTH" });
    assert.equal(challenge.name, "CUSTOM_CHALLENGE");
    assert.deepEqual(challenge.parameters, { hint: "round0", medium: "carrier pigeon" });

    ({ challenge } = await auth.answerChallenge(challenge, { answer: "something else" }));
    assert.equal(challenge.parameters.hint, "round1");
    ({ challenge } = await auth.answerChallenge(challenge, { answer: "1dnuor" }));
    assert.equal(challenge.parameters.hint, "round2");
    const { status, user } = await auth.answerChallenge(challenge, { answer: "2dnuor" });

    assert.equal(status, "signedIn");
    assert.equal(user.username, "ada");
    assert.equal(sdk.recorder.entries.some(({ body }) => body.includes("SRP_A")), false);
  });

  test("custom challenges with SRP first check the password, then ask", async () => {
    const auth = await sdk.createAuth(await poolWithTriggers());
    await assert.rejects(auth.signIn({ username: "ada", password: "Wrong-Horse-9!", authFlow: "CUSTOM_AUTH" }), { code: "incorrectCredentials" });

    const { challenge } = await auth.signIn({ username: "ada", password, authFlow: "CUSTOM_AUTH" });
    assert.equal(challenge.name, "CUSTOM_CHALLENGE");
    assert.equal(challenge.parameters.hint, "round2");
    const { status } = await auth.answerChallenge(challenge, { answer: "2dnuor" });

    assert.equal(status, "signedIn");
    assert.equal(sdk.recorder.operations().filter((name) => name === "InitiateAuth").length, 2);
  });

  test("three wrong answers end the sign-in", async () => {
    const auth = await sdk.createAuth(await poolWithTriggers());
    let { challenge } = await auth.signIn({ username: "ada", authFlow: "CUSTOM_AUTH" });

    for (let left = 2; left > 0; left--) ({ challenge } = await auth.answerChallenge(challenge, { answer: "wrong" }));

    const refused = await auth.answerChallenge(challenge, { answer: "wrong" }).catch((error) => error);

    assert.equal(refused.code, "incorrectCredentials");
    assert.equal(await auth.session(), null);
  });

  test("refreshes: new tokens of the same person, by the operation that works with rotation, too", async () => {
    const auth = await signedIn("ada");
    const before = await auth.session();

    const after = await auth.session({ forceRefresh: true });

    assert.notEqual(after.accessToken, before.accessToken);
    assert.equal(after.user.sub, before.user.sub);
    assert.deepEqual(await auth.session(), after);
    assert.equal(sdk.recorder.operations().at(-1), "GetTokensFromRefreshToken");
  });

  test("a sign-out revokes the refresh token at the service", async () => {
    const auth = await signedIn("ada");

    const { revoked } = await auth.signOut();

    assert.equal(revoked, true);
    assert.equal(await auth.session(), null);
    const [{ ClientId, Token }] = sent("RevokeToken");
    const again = server.admin.initiateAuth({ ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: Token } });
    await assert.rejects(again, { name: "NotAuthorizedException" });
  });

  test("a session that was revoked elsewhere ends with the refresh, and not before", async () => {
    const auth = await signedIn("ada");
    await auth.session({ forceRefresh: true });
    const [{ ClientId, RefreshToken: Token }] = sent("GetTokensFromRefreshToken");
    await server.admin.revokeToken({ ClientId, Token });
    assert.notEqual(await auth.session(), null);

    const refreshed = await auth.session({ forceRefresh: true }).catch((error) => error.code);

    assert.ok([null, "signedOut"].includes(refreshed), JSON.stringify(refreshed));
    assert.equal(await auth.session(), null);
  });

  test("a global sign-out ends the sessions of other browsers, too", async () => {
    const pool = await makePool(server.admin);
    const here = await signedIn("ada", pool);
    const there = await sdk.createAuth(pool);
    await there.signIn({ username: "ada", password });
    // MiniStack compares whole seconds, so that a token of the very second would live on.
    const { user } = await there.session();
    await waitUntil(async () => Date.now() / 1000 >= user.claims.iat + 1, { what: "the next second" });

    await here.signOut({ global: true });

    assert.equal(await here.session(), null);
    assert.ok(sdk.recorder.operations().includes("GlobalSignOut"));
    const refreshed = await there.session({ forceRefresh: true }).catch((error) => error.code);
    assert.ok([null, "signedOut"].includes(refreshed), JSON.stringify(refreshed));
  });

  const sent = (operation) => sdk.recorder.entries.filter((entry) => entry.operation === operation).map(({ body }) => JSON.parse(body));

  /** Somebody signed in, in a pool of their own where none is given. */
  async function signedIn(username, given) {
    const pool = given ?? (await makePool(server.admin));
    await makePerson(server.admin, pool, { username, password });
    const auth = await sdk.createAuth(pool);
    assert.equal((await auth.signIn({ username, password })).status, "signedIn");
    return auth;
  }

  /** Sets up an authenticator app, as another client of the pool would; resolves to its secret. */
  async function enroll({ clientId: ClientId }, username) {
    const AuthParameters = { USERNAME: username, PASSWORD: password };
    const { AuthenticationResult: { AccessToken } } = await server.admin.initiateAuth({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters });
    const { SecretCode } = await server.admin.associateSoftwareToken({ AccessToken });
    await server.admin.verifySoftwareToken({ AccessToken, UserCode: totp(SecretCode) });
    await server.admin.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
    return SecretCode;
  }

  /** A pool that asks for reversed hints, and ada in it. */
  async function poolWithTriggers() {
    const arn = await (trigger ??= server.deployTrigger("custom_challenge"));
    const pool = await makePool(server.admin, { pool: { LambdaConfig: { DefineAuthChallenge: arn, CreateAuthChallenge: arn, VerifyAuthChallengeResponse: arn } } });
    await makePerson(server.admin, pool, { username: "ada", password });
    return pool;
  }
});

// Every request of our SDK is one the service's models allow: judged by the dev-server, and again by a reading of
// operations.json that shares no code with it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { defaultPool } from "../e2e/lib/server.mjs";
import { problemsOfInput } from "./lib/facts.mjs";
import { openDevServer, seeded } from "./lib/pool.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";
import { totp, wrongTotp } from "./lib/totp.mjs";

const password = "Correct-Horse-9!";
const seededSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

describe("the check against operations.json", () => {
  const ClientId = "1example23456789";
  const good = { ClientId, Username: "ada", Password: password, UserAttributes: [{ Name: "email", Value: "ada@example.com" }] };

  test("lets a right request pass", () => {
    assert.deepEqual(problemsOfInput("SignUp", good), []);
  });

  for (const [what, operation, input] of [
    ["a missing member", "SignUp", { ClientId, Password: password }],
    ["an unknown member", "SignUp", { ...good, UserName: "ada" }],
    ["null", "SignUp", { ...good, ClientMetadata: null }],
    ["a blank in a user name", "SignUp", { ...good, Username: "a b" }],
    ["a text that is too long", "SignUp", { ...good, Username: "x".repeat(129) }],
    ["a value that is none of the enumerated", "InitiateAuth", { ClientId, AuthFlow: "SRP" }],
    ["a number in a map of texts", "InitiateAuth", { ClientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME: 1 } }],
    ["a list that is none", "SignUp", { ...good, UserAttributes: { email: "ada@example.com" } }],
    ["an item that lacks a member", "SignUp", { ...good, UserAttributes: [{ Value: "x" }] }],
    ["a session that is too short", "RespondToAuthChallenge", { ClientId, ChallengeName: "SMS_MFA", Session: "short" }],
    ["a boolean as text", "ConfirmSignUp", { ClientId, Username: "ada", ConfirmationCode: "123456", ForceAliasCreation: "true" }],
    ["an operation that is none", "SignIn", good],
  ]) {
    test(`finds ${what}`, () => {
      assert.equal(problemsOfInput(operation, input).length, 1);
    });
  }
});

describe("the SDK's requests", { skip: skipReason() }, () => {
  let server;
  let sdk;
  before(async () => {
    sdk = await openSdk();
    server = await openDevServer({ args: ["--public-url", sdk.recorder.url] });
    sdk.recorder.forwardTo(server.url);
  });
  beforeEach(() => server.reset());
  after(async () => {
    await sdk?.close();
    await server?.close();
  });
  afterEach(() => {
    const problems = sdk.recorder.problems();
    sdk.recorder.clear();
    assert.deepEqual(problems, []);
  });

  const code = (error) => error.code;
  const sent = (operation) => sdk.recorder.entries.filter((entry) => entry.operation === operation).map(({ body }) => JSON.parse(body));

  test("of signing up, confirming, signing in and out", async () => {
    const auth = await sdk.createAuth(defaultPool);
    const attributes = { email: "grace@example.com", name: "Grace Höpper ✓" };
    await auth.signUp({ username: "grace", password, attributes, validationData: { origin: "page" }, clientMetadata: { lang: "de" } });
    await auth.resendConfirmationCode({ username: "grace" });
    assert.equal(await auth.confirmSignUp({ username: "grace", code: "000000" }).catch(code), "codeMismatch");
    await auth.confirmSignUp({ username: "grace", code: await server.code("grace@example.com") });
    await auth.signIn({ username: "grace", password, clientMetadata: { lang: "de" } });
    assert.equal((await auth.signOut()).revoked, true);

    assert.deepEqual(sdk.recorder.operations(), ["SignUp", "ResendConfirmationCode", "ConfirmSignUp", "ConfirmSignUp", "InitiateAuth", "RespondToAuthChallenge", "RevokeToken"]);
    assert.deepEqual(sent("SignUp")[0].ValidationData, [{ Name: "origin", Value: "page" }]);
    assert.deepEqual(sent("SignUp")[0].ClientMetadata, { lang: "de" });
  });

  test("of a forgotten password, a temporary one, and the plain flow", async () => {
    const auth = await sdk.createAuth(defaultPool);
    await auth.forgotPassword({ username: "alice" });
    await auth.confirmForgotPassword({ username: "alice", code: await server.code("alice@example.com"), newPassword: "Another-Horse-9!" });
    assert.equal((await auth.signIn({ username: "alice", password: "Another-Horse-9!", authFlow: "USER_PASSWORD_AUTH" })).status, "signedIn");
    const { challenge } = await auth.signIn({ username: "nora", password: "Temporary-Pass-1!" });
    assert.equal((await auth.answerChallenge(challenge, { newPassword: password, attributes: { name: "Nora" } })).status, "signedIn");

    assert.equal(sent("RespondToAuthChallenge").at(-1).ChallengeResponses["userAttributes.name"], "Nora");
  });

  test("of people the pool refuses", async () => {
    const auth = await sdk.createAuth(defaultPool);
    for (const [username, refusal] of [["alice", "incorrectCredentials"], ["nobody", "incorrectCredentials"], ["zoë-ζωή-😀", "incorrectCredentials"], ["bob", "userNotConfirmed"], ["carol", "passwordResetRequired"]]) {
      const secret = username === "alice" ? "Wrong-Horse-9!" : password;
      assert.equal(await auth.signIn({ username, password: secret }).catch(code), refusal, username);
    }
  });

  test("of second factors: by SMS, by mail, by app, and the choice between them", async () => {
    const auth = await sdk.createAuth(seeded.mfa);
    for (const [username, to] of [["sam", "+15555550101"], ["emma", "emma@example.com"]]) {
      const { challenge } = await auth.signIn({ username, password });
      const { status } = await auth.answerChallenge(challenge, { code: await server.code(to) });
      assert.equal(status, "signedIn", username);
    }
    const { challenge: app } = await auth.signIn({ username: "tina", password });
    const refused = await auth.answerChallenge(app, { code: wrongTotp(seededSecret) }).catch((error) => error);
    assert.equal(refused.code, "codeMismatch");
    assert.equal((await auth.answerChallenge(refused.challenge ?? app, { code: totp(seededSecret) })).status, "signedIn");
    const { challenge: choice } = await auth.signIn({ username: "mila", password });
    const { challenge: chosen } = await auth.answerChallenge(choice, { option: "SMS_MFA" });
    assert.equal((await auth.answerChallenge(chosen, { code: await server.code("+15555550102") })).status, "signedIn");
  });

  test("of setting up an app during sign-in", async () => {
    const auth = await sdk.createAuth(seeded.must);
    let { challenge } = await auth.signIn({ username: "una", password });
    assert.equal(challenge.name, "MFA_SETUP");
    ({ challenge } = await auth.answerChallenge(challenge, { option: "SOFTWARE_TOKEN_MFA" }));
    const { status } = await auth.answerChallenge(challenge, { code: totp(challenge.secretCode), friendlyDeviceName: "telephone" });

    assert.equal(status, "signedIn");
  });

  test("of choice-based sign-in", async () => {
    const auth = await sdk.createAuth(seeded.choice);
    const { challenge } = await auth.signIn({ username: "olga" });
    assert.equal(challenge.name, "SELECT_CHALLENGE");
    assert.equal((await auth.answerChallenge(challenge, { option: "PASSWORD_SRP", password })).status, "signedIn");
    const mail = await auth.signIn({ username: "paul", preferredChallenge: "EMAIL_OTP" });
    assert.equal((await auth.answerChallenge(mail.challenge, { code: await server.code("paul@example.com") })).status, "signedIn");
  });

  test("of a remembered device, its list, and forgetting it", async () => {
    const auth = await sdk.createAuth({ ...seeded.device, storage: "local" });
    await auth.signIn({ username: "dora", password });
    await auth.signIn({ username: "dora", password });
    const { devices } = await auth.devices.list();
    assert.equal(devices.length, 1);
    await auth.devices.forget();

    assert.deepEqual(sent("RespondToAuthChallenge").map(({ ChallengeName }) => ChallengeName), ["PASSWORD_VERIFIER", "PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]);
    assert.equal(sent("ConfirmDevice").length, 1);
  });

  test("of looking after second factors", async () => {
    const auth = await sdk.createAuth(seeded.mfa);
    await auth.signIn({ username: "pat", password });
    const { secretCode } = await auth.mfa.setUpTotp();
    await auth.mfa.verifyTotp({ code: totp(secretCode), friendlyDeviceName: "telephone" });
    await auth.mfa.setPreference({ totp: "preferred", sms: true });

    assert.deepEqual((await auth.mfa.preference()).preferred, "SOFTWARE_TOKEN_MFA");
    await auth.mfa.factors();
  });
});

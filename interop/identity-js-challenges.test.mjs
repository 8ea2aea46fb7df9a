// amazon-cognito-identity-js answers what a pool can ask it: second factors, their set-up, and triggers' questions.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { authenticate, details, openIdentityJs, until } from "./lib/identity-js.mjs";
import { makeCustomPool, openDevServer, seeded } from "./lib/pool.mjs";
import { totp, wrongTotp } from "./lib/totp.mjs";
import { openTriggers, reversed } from "./lib/trigger-server.mjs";

const password = "Correct-Horse-9!";
const seededSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

describe("amazon-cognito-identity-js answers the dev-server's challenges", () => {
  let server;
  before(async () => {
    server = await openDevServer();
  });
  beforeEach(() => server.reset());
  after(() => server?.close());

  const person = (pool, username) => openIdentityJs({ endpoint: server.url, ...pool }).person(username);
  const answer = (user, code, type) => until((callbacks) => user.sendMFACode(code, callbacks, type));

  test("SMS: a wrong code is refused, the one from the inbox signs in", async () => {
    const user = person(seeded.mfa, "sam");
    const { asked, values: [, parameters] } = await authenticate(user, password);
    assert.equal(asked, "mfaRequired");
    assert.equal(parameters.CODE_DELIVERY_DELIVERY_MEDIUM, "SMS");
    const code = await server.code("+15555550101");

    await assert.rejects(answer(user, code === "000000" ? "000001" : "000000"), { code: "CodeMismatchException" });
    assert.equal((await answer(user, code)).asked, "onSuccess");
  });

  test("authenticator app: a wrong code is refused, the right one signs in, and only once", async () => {
    const user = person(seeded.mfa, "tina");
    assert.equal((await authenticate(user, password)).asked, "totpRequired");
    const code = totp(seededSecret);

    await assert.rejects(answer(user, wrongTotp(seededSecret), "SOFTWARE_TOKEN_MFA"), { code: "CodeMismatchException" });
    assert.equal((await answer(user, code, "SOFTWARE_TOKEN_MFA")).asked, "onSuccess");

    const again = person(seeded.mfa, "tina");
    await authenticate(again, password);
    await assert.rejects(answer(again, code, "SOFTWARE_TOKEN_MFA"), (error) => ["CodeMismatchException", "ExpiredCodeException"].includes(error.code));
  });

  test("a person with several factors chooses one", async () => {
    const user = person(seeded.mfa, "mila");
    const { asked, values: [, parameters] } = await authenticate(user, password);
    assert.equal(asked, "selectMFAType");
    assert.deepEqual(JSON.parse(parameters.MFAS_CAN_CHOOSE).sort(), ["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]);

    const next = await until((callbacks) => user.sendMFASelectionAnswer("SMS_MFA", callbacks));
    assert.equal(next.asked, "mfaRequired");

    assert.equal((await answer(user, await server.code("+15555550102"))).asked, "onSuccess");
  });

  test("a signed-in person sets an authenticator app up and is asked for its code from then on", async () => {
    const user = person(seeded.mfa, "pat");
    assert.equal((await authenticate(user, password)).asked, "onSuccess");
    const { values: [secret] } = await until((callbacks) => user.associateSoftwareToken(callbacks));
    await assert.rejects(until((callbacks) => user.verifySoftwareToken(wrongTotp(secret), "telephone", callbacks)), { code: "EnableSoftwareTokenMFAException" });
    await until((callbacks) => user.verifySoftwareToken(totp(secret), "telephone", callbacks));
    await new Promise((resolve, reject) => user.setUserMfaPreference(null, { Enabled: true, PreferredMfa: true }, (error) => (error ? reject(error) : resolve())));

    // A code is good once: the next one comes a step later.
    await server.clock(60);
    const again = person(seeded.mfa, "pat");
    const { asked, values: [, parameters] } = await authenticate(again, password);

    assert.equal(asked, "totpRequired");
    assert.equal(parameters.FRIENDLY_DEVICE_NAME, "telephone");
    assert.equal((await answer(again, totp(secret, 2), "SOFTWARE_TOKEN_MFA")).asked, "onSuccess");
  });

  test("a pool that insists has a second factor set up during sign-in", async () => {
    const user = person(seeded.must, "una");
    assert.equal((await authenticate(user, password)).asked, "mfaSetup");

    const { values: [secret] } = await until((callbacks) => user.associateSoftwareToken(callbacks));
    const { asked } = await until((callbacks) => user.verifySoftwareToken(totp(secret), "telephone", callbacks));

    assert.equal(asked, "onSuccess");
    await server.clock(60);
    const again = person(seeded.must, "una");
    assert.equal((await authenticate(again, password)).asked, "totpRequired");
    assert.equal((await answer(again, totp(secret, 2), "SOFTWARE_TOKEN_MFA")).asked, "onSuccess");
  });

  test("a temporary password is replaced before the second factor is set up", async () => {
    const user = person(seeded.must, "noel");
    assert.equal((await authenticate(user, "Temporary-Pass-1!")).asked, "newPasswordRequired");

    const { asked } = await until((callbacks) => user.completeNewPasswordChallenge(password, {}, callbacks));

    assert.equal(asked, "mfaSetup");
  });
});

describe("amazon-cognito-identity-js answers the questions of a pool's triggers", () => {
  let server;
  let triggers;
  let pool;
  before(async () => {
    triggers = await openTriggers();
    const made = makeCustomPool(triggers.url);
    pool = made.pool;
    server = await openDevServer({ config: made.config });
  });
  beforeEach(() => server.reset());
  after(async () => {
    await server?.close();
    await triggers?.close();
  });

  function person(username) {
    const user = openIdentityJs({ endpoint: server.url, ...pool }).person(username);
    user.setAuthenticationFlowType("CUSTOM_AUTH");
    return user;
  }
  const answer = (user, text) => until((callbacks) => user.sendCustomChallengeAnswer(text, callbacks));

  test("one after the other, without a password", async () => {
    const user = person("cora");
    const first = await until((callbacks) => user.initiateAuth(details("cora"), callbacks));
    assert.equal(first.asked, "customChallenge");
    assert.equal(first.values[0].hint, "round0");

    const second = await answer(user, "something else");
    const third = await answer(user, reversed(second.values[0].hint));
    const last = await answer(user, reversed(third.values[0].hint));

    assert.deepEqual([second.asked, third.asked, last.asked], ["customChallenge", "customChallenge", "onSuccess"]);
  });

  test("after the password by SRP, and not before it is right", async () => {
    await assert.rejects(until((callbacks) => person("cora").authenticateUser(details("cora", "Wrong-Horse-9!"), callbacks)), { code: "NotAuthorizedException" });
    const user = person("cora");

    const first = await until((callbacks) => user.authenticateUser(details("cora", password), callbacks));
    assert.equal(first.asked, "customChallenge");
    const second = await answer(user, reversed(first.values[0].hint));
    const last = await answer(user, reversed(second.values[0].hint));

    assert.equal(last.asked, "onSuccess");
    const [define] = triggers.events.filter(({ triggerSource }) => triggerSource.startsWith("DefineAuthChallenge")).slice(-1);
    assert.deepEqual(define.request.session.map(({ challengeName }) => challengeName), ["SRP_A", "PASSWORD_VERIFIER", "CUSTOM_CHALLENGE", "CUSTOM_CHALLENGE"]);
  });

  test("three wrong answers end the sign-in", async () => {
    const user = person("cora");
    await until((callbacks) => user.initiateAuth(details("cora"), callbacks));
    await answer(user, "wrong");
    await answer(user, "wrong");

    await assert.rejects(answer(user, "wrong"), { code: "NotAuthorizedException" });
  });
});

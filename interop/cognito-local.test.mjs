// Our SDK, in a browser, against cognito-local: the choice between second factors.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { freePort } from "../scripts/lib/static.mjs";
import { localPool, openCognitoLocal, personWithTwoFactors, sentCode } from "./lib/cognito-local.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";
import { totp, wrongTotp } from "./lib/totp.mjs";

const username = "ada";
const password = "Correct-Horse-9!";
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

describe("the SDK against cognito-local", { skip: skipReason() }, () => {
  let server;
  let sdk;
  let auth;
  before(async () => {
    const port = await freePort();
    sdk = await openSdk(`http://127.0.0.1:${port}`);
    server = await openCognitoLocal({ port, issuer: sdk.recorder.url, people: [personWithTwoFactors({ username, password, secret })] });
    auth = await sdk.createAuth(localPool);
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

  const begin = async () => (await auth.signIn({ username, password, authFlow: "USER_PASSWORD_AUTH" })).challenge;

  test("the person may choose between SMS and an authenticator app", async () => {
    const challenge = await begin();

    assert.equal(challenge.name, "SELECT_MFA_TYPE");
    assert.deepEqual(challenge.options, ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
  });

  test("chooses the authenticator app, types a wrong code, then the right one", async () => {
    const { challenge } = await auth.answerChallenge(await begin(), { option: "SOFTWARE_TOKEN_MFA" });
    assert.equal(challenge.name, "SOFTWARE_TOKEN_MFA");
    assert.equal(challenge.friendlyDeviceName, "telephone");

    const refused = await auth.answerChallenge(challenge, { code: wrongTotp(secret) }).catch((error) => error);
    assert.equal(refused.code, "codeMismatch");
    const { status, user } = await auth.answerChallenge(refused.challenge ?? challenge, { code: totp(secret) });

    assert.equal(status, "signedIn");
    assert.equal(user.username, username);
  });

  test("chooses SMS and types the code that was sent", async () => {
    const { challenge } = await auth.answerChallenge(await begin(), { option: "SMS_MFA" });
    assert.equal(challenge.name, "SMS_MFA");
    assert.equal(challenge.medium, "SMS");

    const refused = await auth.answerChallenge(challenge, { code: "000000" }).catch((error) => error);
    assert.equal(refused.code, "codeMismatch");
    const { status } = await auth.answerChallenge(refused.challenge ?? challenge, { code: sentCode });

    assert.equal(status, "signedIn");
  });
});

// AWS credentials of the dev-server's identity pools, as AWS's own clients get and use them.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { CognitoIdentity } from "@aws-sdk/client-cognito-identity";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { S3 } from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import { defaultPool } from "../e2e/lib/server.mjs";
import { openAdmin } from "./lib/aws.mjs";
import { openDevServer } from "./lib/pool.mjs";

const password = "Correct-Horse-9!";
const region = "eu-west-1";
const identityPoolId = "eu-west-1:11111111-2222-4333-8444-555555555555";
const membersOnly = "eu-west-1:22222222-3333-4444-8555-666666666666";
const provider = `cognito-idp.${region}.amazonaws.com/${defaultPool.userPoolId}`;

/** SHA-256 in the form that the SDK's signer takes. */
class Sha256 {
  constructor(key) {
    this.state = key ? createHmac("sha256", key) : createHash("sha256");
  }
  update(bytes) {
    this.state.update(bytes);
  }
  async digest() {
    return new Uint8Array(this.state.digest());
  }
}

describe("AWS clients with credentials of the dev-server", () => {
  let server;
  let identity;
  before(async () => {
    server = await openDevServer();
    identity = new CognitoIdentity({ endpoint: server.url, region, maxAttempts: 1 });
  });
  beforeEach(() => server.reset());
  after(() => server?.close());

  /** The `Logins` of somebody who signs in. */
  async function loginsOf(username) {
    const { AuthenticationResult } = await server.admin.initiateAuth({ ClientId: defaultPool.clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD: password } });
    return { [provider]: AuthenticationResult.IdToken };
  }

  /** Credentials as every client of the SDK takes them, with the identity; a guest's without a name. */
  async function credentialsOf(username) {
    const Logins = username ? await loginsOf(username) : undefined;
    const { IdentityId } = await identity.getId({ IdentityPoolId: identityPoolId, Logins });
    const { Credentials, IdentityId: identityId } = await identity.getCredentialsForIdentity({ IdentityId, Logins });
    assert.equal(identityId, IdentityId);
    return {
      identityId,
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretKey,
      sessionToken: Credentials.SessionToken,
      expiration: Credentials.Expiration,
    };
  }

  /** Sends a request that the SDK's signer signed; `alter` may change it afterwards. */
  async function send(credentials, { method = "GET", path, query = {}, body, service = "execute-api", presign, secondsAgo = 0, alter = (request) => request }) {
    const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
    const { host, hostname, port } = new URL(server.url);
    const request = { method, protocol: "http:", hostname, port: Number(port), path, query, headers: { host }, body };
    const signingDate = new Date(Date.now() - secondsAgo * 1000);
    const signed = await (presign ? signer.presign(request, { expiresIn: presign, signingDate }) : signer.sign(request, { signingDate }));
    const altered = alter({ ...signed, headers: { ...signed.headers } });
    const url = new URL(altered.path, server.url);
    for (const [name, value] of Object.entries(altered.query ?? {})) url.searchParams.set(name, value);
    const { host: _, ...headers } = altered.headers;
    const response = await fetch(url, { method: altered.method, headers, body: altered.body });
    return { status: response.status, name: response.headers.get("x-amzn-errortype"), answer: await response.json() };
  }

  test("a person gets one identity and credentials that expire in an hour", async () => {
    const first = await credentialsOf("alice");
    const second = await credentialsOf("alice");
    const other = await credentialsOf("ada");

    assert.equal(first.identityId, second.identityId);
    assert.notEqual(first.identityId, other.identityId);
    assert.notEqual(first.accessKeyId, second.accessKeyId);
    assert.match(first.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
    assert.equal(first.secretAccessKey.length, 40);
    assert.ok(first.expiration instanceof Date);
    const left = first.expiration - Date.now();
    assert.ok(left > 3_500_000 && left < 3_700_000, `${left} ms`);
  });

  test("refusals of identity pools have the service's names", async () => {
    const Logins = await loginsOf("alice");
    const forged = { [provider]: `${Logins[provider].slice(0, -8)}AAAAAAAA` };
    const { IdentityId } = await identity.getId({ IdentityPoolId: identityPoolId, Logins });
    for (const [call, name, text] of [
      [() => identity.getId({ IdentityPoolId: membersOnly }), "NotAuthorizedException", /^Unauthenticated access is not supported/],
      [() => identity.getId({ IdentityPoolId: identityPoolId, Logins: forged }), "NotAuthorizedException", /Couldn't verify signed token/],
      [() => identity.getId({ IdentityPoolId: identityPoolId, Logins: { "accounts.google.com": Logins[provider] } }), "NotAuthorizedException", /not from a supported provider/],
      [() => identity.getId({ IdentityPoolId: "eu-west-1:00000000-0000-4000-8000-000000000000" }), "ResourceNotFoundException", /not found/],
      [() => identity.getId({ IdentityPoolId: "nonsense" }), "InvalidParameterException", /regular expression/],
      [() => identity.getCredentialsForIdentity({ IdentityId }), "NotAuthorizedException", /is forbidden/],
    ]) {
      await assert.rejects(call, (error) => error.name === name && text.test(error.message), name);
    }
  });

  test("the S3 client stores and reads at the sample API", async () => {
    const { identityId, ...credentials } = await credentialsOf("alice");
    const s3 = new S3({ endpoint: `${server.url}/_sample/iam`, region, credentials, forcePathStyle: true, maxAttempts: 1 });

    await s3.putObject({ Bucket: "notes", Key: "to do/my list.txt", Body: "milk, eggs & tea" });
    const { Body } = await s3.getObject({ Bucket: "notes", Key: "to do/my list.txt" });

    const echo = JSON.parse(await Body.transformToString());
    assert.equal(echo.method, "GET");
    assert.equal(decodeURIComponent(echo.path), "/notes/to do/my list.txt");
    assert.equal(echo.caller.cognitoIdentityId, identityId);
    const wrong = new S3({ endpoint: `${server.url}/_sample/iam`, region, credentials: { ...credentials, secretAccessKey: "x".repeat(40) }, forcePathStyle: true, maxAttempts: 1 });
    await assert.rejects(wrong.getObject({ Bucket: "notes", Key: "list.txt" }), { name: "SignatureDoesNotMatch" });
  });

  test("a request that the SDK's signer signed is accepted, and one altered is refused", async () => {
    const credentials = await credentialsOf("alice");
    const note = { method: "POST", path: "/_sample/iam/notes", query: { tag: "a b", lang: "é" }, body: '{"text":"héllo"}' };

    const { status, answer } = await send(credentials, note);

    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(answer.query, note.query);
    assert.equal(answer.body, note.body);
    assert.equal(answer.caller.cognitoAuthenticationType, "authenticated");
    for (const alter of [
      (request) => ({ ...request, body: '{"text":"hello"}' }),
      (request) => ({ ...request, method: "PUT" }),
      (request) => ({ ...request, path: "/_sample/iam/others" }),
      (request) => ({ ...request, query: { ...request.query, tag: "a" } }),
      (request) => ({ ...request, headers: { ...request.headers, "x-amz-date": request.headers["x-amz-date"].replace(/\d\dZ$/, (seconds) => (seconds === "00Z" ? "01Z" : "00Z")) } }),
    ]) {
      const refused = await send(credentials, { ...note, alter });
      assert.deepEqual([refused.status, refused.name], [403, "InvalidSignatureException"]);
    }
    const foreign = await credentialsOf("ada");
    const mixed = await send({ ...credentials, sessionToken: foreign.sessionToken }, note);
    assert.deepEqual([mixed.status, mixed.name], [403, "UnrecognizedClientException"]);
  });

  test("a signature in the address is good for as long as it says, and for nothing else", async () => {
    const credentials = await credentialsOf("alice");
    const link = { path: "/_sample/iam/notes", query: { page: "2" }, presign: 60 };

    assert.equal((await send(credentials, link)).status, 200);
    const altered = await send(credentials, { ...link, alter: (request) => ({ ...request, query: { ...request.query, page: "3" } }) });
    // Signatures are judged by the machine's clock, which no test moves.
    const late = await send(credentials, { ...link, secondsAgo: 61 });

    assert.equal(altered.name, "InvalidSignatureException");
    assert.equal(late.name, "InvalidSignatureException");
    assert.match(late.answer.message, /^Signature expired/);
  });

  test("credentials end with their hour, and a clock that is off is told from that", async () => {
    const credentials = await credentialsOf("alice");
    const skewed = await send(credentials, { path: "/_sample/iam/notes", secondsAgo: 301 });
    await server.clock(3700);
    const corrected = new CognitoIdentityProvider({ endpoint: server.url, region, credentials, maxAttempts: 2 });

    assert.deepEqual([skewed.status, skewed.name], [403, "InvalidSignatureException"]);
    await assert.rejects(corrected.listUsers({ UserPoolId: defaultPool.userPoolId }), { name: "ExpiredTokenException" });
  });

  test("a client whose clock is off corrects it by the server's Date header", async () => {
    const admin = new CognitoIdentityProvider({ endpoint: server.url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 2 });
    await server.clock(7200);

    const { UserPools } = await admin.listUserPools({ MaxResults: 60 });

    assert.ok(UserPools.some(({ Id }) => Id === defaultPool.userPoolId));
  });

  test("a role may call what its policy names; a guest, a member and a stranger may not", async () => {
    const UserPoolId = defaultPool.userPoolId;
    const as = async (username) => new CognitoIdentityProvider({ endpoint: server.url, region, credentials: await credentialsOf(username), maxAttempts: 1 });
    const ada = await as("ada");

    const { Users } = await ada.listUsers({ UserPoolId, Filter: 'email = "alice@example.com"' });
    await ada.adminUpdateUserAttributes({ UserPoolId, Username: "alice", UserAttributes: [{ Name: "custom:role", Value: "chief" }] });
    const { UserAttributes } = await ada.adminGetUser({ UserPoolId, Username: "alice" });

    assert.deepEqual(Users.map(({ Username }) => Username), ["alice"]);
    assert.equal(UserAttributes.find(({ Name }) => Name === "custom:role").Value, "chief");
    const denied = (error) => error.name === "AccessDeniedException" && error.$metadata.httpStatusCode === 403 && /is not authorized to perform: cognito-idp:/.test(error.message);
    await assert.rejects(ada.adminDeleteUser({ UserPoolId, Username: "alice" }), denied);
    await assert.rejects((await as("alice")).adminGetUser({ UserPoolId, Username: "alice" }), denied);
    await assert.rejects((await as()).listUsers({ UserPoolId }), denied);
    const keys = (accessKeyId, secretAccessKey) => openAdmin(server.url, { region, accessKeyId, secretAccessKey });
    await assert.rejects(keys("AKIASOMEBODYELSE0000", "test").listUsers({ UserPoolId }), { name: "UnrecognizedClientException" });
    await assert.rejects(keys("test", "guess").listUsers({ UserPoolId }), { name: "InvalidSignatureException" });
    await assert.rejects(openAdmin(server.url, { region: "us-east-1" }).listUsers({ UserPoolId }), { name: "InvalidSignatureException" });
  });
});

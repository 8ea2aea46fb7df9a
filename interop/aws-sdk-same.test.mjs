// What the SDK reads and writes and what the AWS SDK for JavaScript reads and writes is the same, call by call.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { CognitoIdentity } from "@aws-sdk/client-cognito-identity";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { defaultPool } from "../e2e/lib/server.mjs";
import { openDevServer } from "./lib/pool.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";

const password = "Correct-Horse-9!";
const region = "eu-west-1";
const identityPoolId = "eu-west-1:11111111-2222-4333-8444-555555555555";
const provider = `cognito-idp.${region}.amazonaws.com/${defaultPool.userPoolId}`;
const { userPoolId: UserPoolId, clientId: ClientId } = defaultPool;

/** A list of `{Name, Value}` as the SDK gives it: by name, the verified marks as booleans. */
const byName = (list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Name.endsWith("_verified") ? Value === "true" : Value]));

/** A delivery as the SDK gives it. */
const deliveryOf = ({ Destination, DeliveryMedium, AttributeName }) => ({ destination: Destination, medium: DeliveryMedium, attributeName: AttributeName });

/** An exception's name as the SDK gives it. */
const bare = ({ name }) => name.replace(/Exception$/, "");

/** Unix seconds of a `Date`. */
const seconds = (date) => date.getTime() / 1000;

describe("the SDK and the AWS SDK", { skip: skipReason() }, () => {
  let server;
  let sdk;
  let aws;
  before(async () => {
    sdk = await openSdk();
    server = await openDevServer({ args: ["--public-url", sdk.recorder.url] });
    sdk.recorder.forwardTo(server.url);
    aws = server.admin;
  });
  beforeEach(() => server.reset());
  after(async () => {
    await sdk?.close();
    await server?.close();
  });

  /** Somebody signed in with both: the SDK's `Auth`, and the AWS SDK's access token. */
  async function signIn(username, options = {}) {
    const auth = await sdk.createAuth({ ...defaultPool, ...options });
    assert.equal((await auth.signIn({ username, password })).status, "signedIn");
    const { AuthenticationResult } = await aws.initiateAuth({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: username, PASSWORD: password } });
    return { auth, tokens: AuthenticationResult };
  }

  /** Somebody's identity and credentials, and a client with them. */
  async function credentialsOf({ IdToken }) {
    const identity = new CognitoIdentity({ endpoint: server.url, region, maxAttempts: 1 });
    const Logins = { [provider]: IdToken };
    const { IdentityId } = await identity.getId({ IdentityPoolId: identityPoolId, Logins });
    const { Credentials } = await identity.getCredentialsForIdentity({ IdentityId, Logins });
    const credentials = { accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretKey, sessionToken: Credentials.SessionToken };
    return { identityId: IdentityId, credentials, expiration: Credentials.Expiration };
  }

  /** Calls the SDK's administrator in the page. */
  const admin = (credentials, method, input) =>
    sdk.page.evaluate(
      async (options, name, given) => {
        const { createAdmin } = await import("lifeguard-cognito/admin");
        const caller = createAdmin(options);
        try {
          if (name !== "listUsers") return { value: (await caller[name](given)) ?? null };
          const value = [];
          for await (const user of caller.listUsers(given)) value.push(user);
          return { value };
        } catch ({ code, service }) {
          return { code, service };
        }
      },
      // Straight to the server: the recorder would change the host, which is signed.
      { userPoolId: UserPoolId, endpoint: server.url, credentials },
      method,
      input,
    );

  test("read the same attributes, whoever wrote them", async () => {
    const { auth, tokens } = await signIn("alice");
    const AccessToken = tokens.AccessToken;
    const read = async () => {
      const [ours, theirs, administrators] = await Promise.all([auth.attributes.get(), aws.getUser({ AccessToken }), aws.adminGetUser({ UserPoolId, Username: "alice" })]);
      assert.deepEqual(ours, byName(theirs.UserAttributes));
      assert.deepEqual(ours, byName(administrators.UserAttributes));
      return ours;
    };
    assert.equal((await read()).email, "alice@example.com");

    await auth.attributes.update({ attributes: { name: "Alice Ünïcode ✓", "custom:role": "chief", birthdate: "2000-02-29" } });
    assert.equal((await read())["custom:role"], "chief");

    await aws.updateUserAttributes({ AccessToken, UserAttributes: [{ Name: "nickname", Value: "Al" }, { Name: "custom:role", Value: "" }] });
    const after = await read();
    assert.equal(after.nickname, "Al");
    assert.equal(after["custom:role"], undefined);

    await auth.attributes.delete({ names: ["birthdate"] });
    assert.equal((await read()).birthdate, undefined);
  });

  test("are told the same about where codes went, and verify with each other's", async () => {
    const { auth, tokens } = await signIn("alice");
    const AccessToken = tokens.AccessToken;

    const theirs = await aws.updateUserAttributes({ AccessToken, UserAttributes: [{ Name: "email", Value: "second@example.com" }] });
    await auth.attributes.verify({ name: "email", code: await server.code("second@example.com") });
    const ours = await auth.attributes.update({ attributes: { email: "third@example.com" } });
    await aws.verifyUserAttribute({ AccessToken, AttributeName: "email", Code: await server.code("third@example.com") });
    const again = await aws.getUserAttributeVerificationCode({ AccessToken, AttributeName: "email" });
    const { codeDelivery } = await auth.attributes.sendCode({ name: "email" });

    assert.equal(ours.email.status, "confirmWithCode");
    assert.deepEqual({ ...ours.email.codeDelivery, destination: "" }, { ...deliveryOf(theirs.CodeDeliveryDetailsList[0]), destination: "" });
    assert.deepEqual(codeDelivery, deliveryOf(again.CodeDeliveryDetails));
    assert.equal((await auth.attributes.get()).email_verified, true);
  });

  test("are refused for the same reasons in the same words", async () => {
    const { auth, tokens } = await signIn("alice");
    const AccessToken = tokens.AccessToken;
    // Each may try five times an hour.
    const ada = await signIn("ada");
    const change = (who, ProposedPassword, PreviousPassword = password) => [
      () => who.auth.changePassword({ previousPassword: PreviousPassword, newPassword: ProposedPassword }),
      () => aws.changePassword({ AccessToken: who.tokens.AccessToken, PreviousPassword, ProposedPassword }),
    ];
    const write = (Name, Value) => [
      () => auth.attributes.update({ attributes: { [Name]: Value } }),
      () => aws.updateUserAttributes({ AccessToken, UserAttributes: [{ Name, Value }] }),
    ];

    for (const [[ours, theirs], code] of [
      [change(ada, "no-digits-No-Luck"), "invalidPassword"],
      [change(ada, "Leaked-Horse-9!"), "compromisedPassword"],
      [change({ auth, tokens }, "Brand-New-Pass-2!", "Wrong-Horse-9!"), "incorrectCredentials"],
      [write("email", "no address"), "invalidParameter"],
      [write("custom:none", "x"), "invalidParameter"],
      [write("email", ""), "invalidParameter"],
    ]) {
      const [mine, other] = [await ours().catch((error) => error), await theirs().catch((error) => error)];
      assert.equal(mine.code, code);
      assert.equal(mine.service.name, bare(other), code);
      assert.equal(mine.service.message, other.message, code);
    }
  });

  test("a password changed by one signs in the other", async () => {
    const { auth, tokens } = await signIn("alice");

    await auth.changePassword({ previousPassword: password, newPassword: "Second-Horse-8!" });
    await aws.changePassword({ AccessToken: tokens.AccessToken, PreviousPassword: "Second-Horse-8!", ProposedPassword: "Third-Horse-7!" });

    const fresh = await sdk.createAuth(defaultPool);
    assert.equal((await fresh.signIn({ username: "alice", password: "Third-Horse-7!" })).status, "signedIn");
    await auth.deleteUser();
    await assert.rejects(aws.adminGetUser({ UserPoolId, Username: "alice" }), { name: "UserNotFoundException" });
  });

  test("get one identity and credentials that end alike", async () => {
    const { auth, tokens } = await signIn("alice", { identityPool: { id: identityPoolId, endpoint: sdk.recorder.url } });

    const theirs = await credentialsOf(tokens);
    const ours = await auth.credentials();

    assert.equal(ours.identityId, theirs.identityId);
    assert.match(ours.accessKeyId, /^ASIA/);
    const apart = Math.abs(new Date(ours.expiration) - theirs.expiration);
    assert.ok(apart < 120_000, `${apart} ms apart`);
  });

  test("administrators read and write the same accounts", async () => {
    const { tokens } = await signIn("ada");
    const { credentials } = await credentialsOf(tokens);
    const ada = new CognitoIdentityProvider({ endpoint: server.url, region, credentials, maxAttempts: 1 });

    const { value: written } = await admin(credentials, "adminUpdateUserAttributes", { username: "bob", attributes: { email_verified: true, given_name: "Bobby", "custom:role": "guard" } });
    await ada.adminUpdateUserAttributes({ UserPoolId, Username: "bob", UserAttributes: [{ Name: "family_name", Value: "Ünïcode" }] });
    const { value: ours } = await admin(credentials, "adminGetUser", { username: "bob" });
    const theirs = await ada.adminGetUser({ UserPoolId, Username: "bob" });

    assert.equal(written, null);
    assert.deepEqual(ours.attributes, byName(theirs.UserAttributes));
    assert.equal(ours.attributes.email_verified, true);
    assert.deepEqual([ours.username, ours.status, ours.enabled], [theirs.Username, theirs.UserStatus, theirs.Enabled]);
    assert.ok(Math.abs(ours.createdAt - seconds(theirs.UserCreateDate)) < 0.01);
    assert.ok(Math.abs(ours.modifiedAt - seconds(theirs.UserLastModifiedDate)) < 0.01);
  });

  test("administrators find the same people, page by page and by filter", async () => {
    const { tokens } = await signIn("ada");
    const { credentials } = await credentialsOf(tokens);
    const ada = new CognitoIdentityProvider({ endpoint: server.url, region, credentials, maxAttempts: 1 });
    const theirs = async (more) => {
      const found = [];
      let PaginationToken;
      do {
        const page = await ada.listUsers({ UserPoolId, PaginationToken, ...more });
        found.push(...page.Users.map(({ Username, UserStatus, Enabled, Attributes }) => [Username, UserStatus, Enabled, byName(Attributes)]));
        PaginationToken = page.PaginationToken;
      } while (PaginationToken);
      return found;
    };
    const ours = async (input) => (await admin(credentials, "listUsers", input)).value.map(({ username, status, enabled, attributes }) => [username, status, enabled, attributes]);

    const everybody = await ours({ limit: 2 });
    assert.deepEqual(everybody, await theirs({ Limit: 2 }));
    assert.ok(everybody.length >= 6, `${everybody.length} people`);
    assert.deepEqual(await ours({ filter: { attribute: "email", startsWith: "a" } }), await theirs({ Filter: 'email ^= "a"' }));
    assert.deepEqual(await ours({ filter: { attribute: "cognito:user_status", equals: "UNCONFIRMED" } }), await theirs({ Filter: 'cognito:user_status = "UNCONFIRMED"' }));
    assert.deepEqual(await ours({ filter: { attribute: "name", equals: 'a "quoted" \\ name' } }), await theirs({ Filter: 'name = "a \\"quoted\\" \\\\ name"' }));
  });

  test("who may not is told so by both", async () => {
    const { tokens } = await signIn("alice");
    const { credentials } = await credentialsOf(tokens);
    const alice = new CognitoIdentityProvider({ endpoint: server.url, region, credentials, maxAttempts: 1 });

    const ours = await admin(credentials, "adminGetUser", { username: "bob" });
    const theirs = await alice.adminGetUser({ UserPoolId, Username: "bob" }).catch((error) => error);

    assert.equal(ours.code, "forbidden");
    assert.deepEqual([ours.service.name, ours.service.message], [bare(theirs), theirs.message]);
  });
});

// The AWS SDK for JavaScript, with npm cognito-srp-helper for SRP, against the dev-server: scripts and test suites.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from "cognito-srp-helper";
import { defaultPool } from "../e2e/lib/server.mjs";
import { makePerson, makePool, openDevServer } from "./lib/pool.mjs";

const password = "Correct-Horse-9!";

/** The parts of a JWT's claims. */
const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

describe("the AWS SDK against the dev-server", () => {
  let server;
  let client;
  before(async () => {
    server = await openDevServer();
    client = server.admin;
  });
  beforeEach(() => server.reset());
  after(() => server?.close());

  /** Signs in by SRP; `forge` may change the proof. */
  async function signIn({ userPoolId, clientId }, username, secret, { forge = (request) => request } = {}) {
    const session = createSrpSession(username, secret, userPoolId, false);
    const start = await client.initiateAuth(wrapInitiateAuth(session, { ClientId: clientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: { CHALLENGE_NAME: "SRP_A", USERNAME: username } }));
    assert.equal(start.ChallengeName, "PASSWORD_VERIFIER");
    const answer = wrapAuthChallenge(signSrpSession(session, start), {
      ClientId: clientId,
      ChallengeName: "PASSWORD_VERIFIER",
      Session: start.Session,
      ChallengeResponses: { USERNAME: start.ChallengeParameters.USER_ID_FOR_SRP },
    });
    return client.respondToAuthChallenge(forge(answer));
  }

  const withProof = (request, changes) => ({ ...request, ChallengeResponses: { ...request.ChallengeResponses, ...changes(request.ChallengeResponses) } });

  test("signs up, confirms with the code from the inbox, and signs in by SRP", async () => {
    const { clientId: ClientId } = defaultPool;
    const UserAttributes = [{ Name: "email", Value: "grace@example.com" }, { Name: "name", Value: "Grace" }];
    const { UserConfirmed, UserSub } = await client.signUp({ ClientId, Username: "grace", Password: password, UserAttributes });
    assert.equal(UserConfirmed, false);
    await client.confirmSignUp({ ClientId, Username: "grace", ConfirmationCode: await server.code("grace@example.com") });

    const { AuthenticationResult: tokens, ChallengeName } = await signIn(defaultPool, "grace", password);

    assert.equal(ChallengeName, undefined);
    assert.equal(tokens.TokenType, "Bearer");
    assert.equal(claimsOf(tokens.AccessToken).sub, UserSub);
    assert.equal(claimsOf(tokens.IdToken).aud, ClientId);
  });

  test("is refused with a wrong password, a forged proof, another block and an old timestamp", async () => {
    const refused = { name: "NotAuthorizedException" };
    await assert.rejects(signIn(defaultPool, "alice", "Wrong-Horse-9!"), refused);

    const flipped = (text) => (text.startsWith("A") ? "B" : "A") + text.slice(1);
    await assert.rejects(signIn(defaultPool, "alice", password, { forge: (request) => withProof(request, (all) => ({ PASSWORD_CLAIM_SIGNATURE: flipped(all.PASSWORD_CLAIM_SIGNATURE) })) }), refused);
    await assert.rejects(signIn(defaultPool, "alice", password, { forge: (request) => withProof(request, (all) => ({ PASSWORD_CLAIM_SECRET_BLOCK: flipped(all.PASSWORD_CLAIM_SECRET_BLOCK) })) }), refused);
    await assert.rejects(signIn(defaultPool, "alice", password, { forge: (request) => withProof(request, () => ({ TIMESTAMP: "Fri May 1 00:00:00 UTC 2020" })) }), refused);
    await assert.rejects(signIn(defaultPool, "alice", password, { forge: (request) => withProof(request, () => ({ TIMESTAMP: "2026-05-01" })) }), { name: "InvalidParameterException" });
    assert.ok((await signIn(defaultPool, "alice", password)).AuthenticationResult);
  });

  test("a proof that was accepted is not accepted again", async () => {
    let spent;
    await signIn(defaultPool, "alice", password, { forge: (request) => (spent = request) });

    await assert.rejects(client.respondToAuthChallenge(spent), { name: "NotAuthorizedException" });
  });

  test("A = 0 and A = N, which need no password, are refused", async () => {
    const N = `ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff`;
    for (const SRP_A of ["0", N]) {
      await assert.rejects(client.initiateAuth({ ClientId: defaultPool.clientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: { USERNAME: "alice", SRP_A } }), (error) => ["InvalidParameterException", "NotAuthorizedException"].includes(error.name));
    }
  });

  test("refusals have the service's names and say what they say there", async () => {
    const { clientId: ClientId } = defaultPool;
    const UserAttributes = [{ Name: "email", Value: "x@example.com" }, { Name: "name", Value: "X" }];
    const password_ = { Password: password, UserAttributes };
    for (const [call, name] of [
      [() => client.signUp({ ClientId, Username: "alice", ...password_ }), "UsernameExistsException"],
      [() => client.signUp({ ClientId, Username: "erin", Password: "short", UserAttributes }), "InvalidPasswordException"],
      [() => client.signUp({ ClientId: "nosuchclient", Username: "erin", ...password_ }), "ResourceNotFoundException"],
      [() => client.signUp({ ClientId, Username: "a b", ...password_ }), "InvalidParameterException"],
      [() => client.confirmSignUp({ ClientId, Username: "bob", ConfirmationCode: "000000" }), "ExpiredCodeException|CodeMismatchException"],
      [() => client.initiateAuth({ ClientId, AuthFlow: "ADMIN_NO_SRP_AUTH", AuthParameters: { USERNAME: "alice", PASSWORD: password } }), "InvalidParameterException"],
      [() => client.respondToAuthChallenge({ ClientId, ChallengeName: "SMS_MFA", Session: "x".repeat(40), ChallengeResponses: { USERNAME: "alice", SMS_MFA_CODE: "123456" } }), "NotAuthorizedException"],
      [() => client.getUser({ AccessToken: "not.a.token" }), "NotAuthorizedException"],
    ]) {
      const error = await call().then(() => assert.fail(`${name}: accepted`), (refusal) => refusal);
      assert.match(error.name, new RegExp(`^(${name})$`), error.message);
      assert.equal(error.$metadata.httpStatusCode, 400, name);
      assert.ok(error.$metadata.requestId, name);
    }
  });

  test("an administrator's script makes a pool, a client and people, and they sign in", async () => {
    const pool = await makePool(client);
    await makePerson(client, pool, { username: "hedy", password });
    await makePerson(client, pool, { username: "nell", password: "Temporary-Pass-1!", permanent: false });

    const { AuthenticationResult: tokens } = await signIn(pool, "hedy", password);
    const { ChallengeName } = await signIn(pool, "nell", "Temporary-Pass-1!");

    assert.equal((await client.getUser({ AccessToken: tokens.AccessToken })).Username, "hedy");
    assert.equal(ChallengeName, "NEW_PASSWORD_REQUIRED");
    await assert.rejects(signIn(pool, "hedy", "Wrong-Horse-9!"), { name: "NotAuthorizedException" });
    const { Users } = await client.listUsers({ UserPoolId: pool.userPoolId });
    assert.deepEqual(Users.map(({ Username, UserStatus }) => [Username, UserStatus]).sort(), [["hedy", "CONFIRMED"], ["nell", "FORCE_CHANGE_PASSWORD"]]);
  });

  test("what an administrator changes is so: reset, disabled, in a group, signed out, deleted", async () => {
    const pool = await makePool(client);
    const UserPoolId = pool.userPoolId;
    const Username = "hedy";
    await makePerson(client, pool, { username: Username, password });
    await client.createGroup({ UserPoolId, GroupName: "inventors" });
    await client.adminAddUserToGroup({ UserPoolId, Username, GroupName: "inventors" });
    const { AuthenticationResult: tokens } = await signIn(pool, Username, password);
    assert.deepEqual(claimsOf(tokens.AccessToken)["cognito:groups"], ["inventors"]);

    await client.adminUserGlobalSignOut({ UserPoolId, Username });
    await assert.rejects(client.getUser({ AccessToken: tokens.AccessToken }), { name: "NotAuthorizedException" });
    await assert.rejects(client.initiateAuth({ ClientId: pool.clientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken } }), { name: "NotAuthorizedException" });

    await client.adminUpdateUserAttributes({ UserPoolId, Username, UserAttributes: [{ Name: "given_name", Value: "Hedwig" }] });
    const { UserAttributes } = await client.adminGetUser({ UserPoolId, Username });
    assert.equal(UserAttributes.find(({ Name }) => Name === "given_name").Value, "Hedwig");

    await client.adminDeleteUser({ UserPoolId, Username });
    await assert.rejects(client.adminGetUser({ UserPoolId, Username }), { name: "UserNotFoundException" });
  });
});

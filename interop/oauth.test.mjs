// The relying parties that pass the OpenID Foundation's certification, and AWS's own token check, against the dev-server.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { CognitoJwtVerifier, JwtVerifier } from "aws-jwt-verify";
import { CognitoJwtInvalidClientIdError, CognitoJwtInvalidTokenUseError, JwtInvalidScopeError, JwtInvalidSignatureError } from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { defaultPool } from "../e2e/lib/server.mjs";
import { openDevServer } from "./lib/pool.mjs";
import { openWeb } from "./lib/web.mjs";

const password = "Correct-Horse-9!";
const redirectUri = "http://localhost:5173/";
const scope = "openid email profile aws.cognito.signin.user.admin";
const { userPoolId, clientId } = defaultPool;
const withSecret = { id: "lifeguardsecretclient00001", secret: "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef", redirectUri: "http://localhost:5173/server/callback" };

/** What the person does: signs in on the page that the address leads to. Gives where the app is returned to. */
async function signInAt(address, username = "alice", web = openWeb()) {
  const page = await web.visit(address);
  const { left, html } = await page.submit({ username, password });
  assert.ok(left, html);
  return left;
}

describe("the redirect flow, judged by certified relying parties", () => {
  let server;
  before(async () => {
    server = await openDevServer();
  });
  beforeEach(() => server.reset());
  after(() => server?.close());

  describe("oauth4webapi", () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const client = { client_id: clientId };

    async function discover() {
      const issuer = new URL(`${server.url}/${userPoolId}`);
      return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    }

    async function begin(as, more = {}) {
      const flow = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
      const url = new URL(as.authorization_endpoint);
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: "S256",
        ...more,
      });
      return { ...flow, url };
    }

    async function finish(as, flow, left) {
      const parameters = oauth.validateAuthResponse(as, client, left, flow.state);
      const response = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), parameters, redirectUri, flow.verifier, insecure);
      return oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: flow.nonce, requireIdToken: true });
    }

    test("completes the code flow with PKCE and accepts the tokens, their signature included", async () => {
      const as = await discover();
      const flow = await begin(as);

      const left = await signInAt(flow.url);
      const parameters = oauth.validateAuthResponse(as, client, left, flow.state);
      const response = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), parameters, redirectUri, flow.verifier, insecure);
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: flow.nonce, requireIdToken: true });
      await oauth.validateApplicationLevelSignature(as, response, insecure);

      const claims = oauth.getValidatedIdTokenClaims(tokens);
      assert.equal(claims["cognito:username"], "alice");
      assert.equal(claims.nonce, flow.nonce);
      assert.equal(tokens.token_type, "bearer");
    });

    test("reads userInfo, renews and revokes", async () => {
      const as = await discover();
      const flow = await begin(as);
      const tokens = await finish(as, flow, await signInAt(flow.url));
      const { sub } = oauth.getValidatedIdTokenClaims(tokens);

      const info = await oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, tokens.access_token, insecure));
      const renewal = () => oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token, insecure);
      const renewed = await oauth.processRefreshTokenResponse(as, client, await renewal());
      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, oauth.None(), tokens.refresh_token, insecure));
      const refused = oauth.processRefreshTokenResponse(as, client, await renewal());

      assert.equal(info.email, "alice@example.com");
      assert.equal(oauth.getValidatedIdTokenClaims(renewed).sub, sub);
      await assert.rejects(refused, { error: "invalid_grant" });
    });

    test("understands each refusal", async () => {
      const as = await discover();
      const silent = await begin(as, { prompt: "none" });
      const { left } = await openWeb().visit(silent.url);
      assert.throws(() => oauth.validateAuthResponse(as, client, left, silent.state), { error: "login_required" });

      const flow = await begin(as);
      const back = await signInAt(flow.url);
      assert.throws(() => oauth.validateAuthResponse(as, client, back, "another state"));
      await assert.rejects(finish(as, { ...flow, verifier: oauth.generateRandomCodeVerifier() }, back), { error: "invalid_grant" });

      const wrongNonce = await begin(as);
      const left2 = await signInAt(wrongNonce.url);
      await assert.rejects(finish(as, { ...wrongNonce, nonce: "another" }, left2));
    });

    test("a client with a secret proves it by Basic", async () => {
      const as = await discover();
      const confidential = { client_id: withSecret.id };
      const flow = await begin(as, { client_id: withSecret.id, redirect_uri: withSecret.redirectUri, scope: "openid email" });

      const parameters = oauth.validateAuthResponse(as, confidential, await signInAt(flow.url), flow.state);
      const exchange = (secret) =>
        oauth.authorizationCodeGrantRequest(as, confidential, oauth.ClientSecretBasic(secret), parameters, withSecret.redirectUri, flow.verifier, insecure);
      const refused = oauth.processAuthorizationCodeResponse(as, confidential, await exchange("a guess"));
      await assert.rejects(refused, { error: "invalid_client" });
      const tokens = await oauth.processAuthorizationCodeResponse(as, confidential, await exchange(withSecret.secret), { expectedNonce: flow.nonce });

      assert.equal(oauth.getValidatedIdTokenClaims(tokens).email, "alice@example.com");
    });
  });

  describe("openid-client", () => {
    const discover = (id, secret) =>
      openid.discovery(new URL(`${server.url}/${userPoolId}`), id, secret ? { client_secret: secret } : {}, secret ? openid.ClientSecretPost(secret) : openid.None(), {
        execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
      });

    for (const [name, id, secret, uri] of [
      ["a public client", clientId, undefined, redirectUri],
      ["a client with a secret in the body", withSecret.id, withSecret.secret, withSecret.redirectUri],
    ]) {
      test(`${name} signs in, checks the signature, reads userInfo and signs out`, async () => {
        const config = await discover(id, secret);
        const pkceCodeVerifier = openid.randomPKCECodeVerifier();
        const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
        const url = openid.buildAuthorizationUrl(config, {
          redirect_uri: uri,
          scope: "openid email profile",
          code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: "S256",
          state: expectedState,
          nonce: expectedNonce,
        });
        const web = openWeb();

        const left = await signInAt(url, "alice", web);
        const tokens = await openid.authorizationCodeGrant(config, left, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true });
        const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
        const out = openid.buildEndSessionUrl(config, { logout_uri: redirectUri });
        const after = await web.visit(out);
        const silent = await web.visit(new URL(`${url}&prompt=none`));

        assert.equal(tokens.claims().name, "Alice Example");
        assert.equal(info.email, "alice@example.com");
        assert.equal(String(after.left), redirectUri);
        assert.equal(silent.left.searchParams.get("error"), "login_required");
      });
    }
  });
});

describe("tokens of the redirect flow, judged by aws-jwt-verify", () => {
  const pool = "eu-west-1_Verified";
  const config = `
[[pool]]
id = "${pool}"
issuer = "cognito"
[[pool.group]]
name = "editors"
[[pool.client]]
id = "verifiedclient"
settings = { AllowedOAuthFlowsUserPoolClient = true, AllowedOAuthFlows = ["code"], AllowedOAuthScopes = ["openid", "email", "notes/read"], CallbackURLs = ["${redirectUri}"] }
[[pool.user]]
username = "alice"
password = "${password}"
groups = ["editors"]
attributes = { email = "alice@example.com", email_verified = "true" }
`;
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-oauth-"));
  let server;
  before(async () => {
    writeFileSync(join(folder, "pool.toml"), config);
    server = await openDevServer({ config: join(folder, "pool.toml") });
  });
  after(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function tokens() {
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(`${server.url}/oauth2/authorize`);
    const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
    url.search = new URLSearchParams({ client_id: "verifiedclient", redirect_uri: redirectUri, response_type: "code", state: "s", code_challenge, code_challenge_method: "S256" });
    const code = (await signInAt(url)).searchParams.get("code");
    const body = new URLSearchParams({ grant_type: "authorization_code", client_id: "verifiedclient", redirect_uri: redirectUri, code, code_verifier: verifier });
    return (await fetch(`${server.url}/oauth2/token`, { method: "POST", body })).json();
  }

  /** AWS's verifier looks for keys at AWS; here the same path of the dev-server has them. */
  const jwksCache = () =>
    new SimpleJwksCache({
      fetcher: {
        fetch: async (uri) => {
          assert.equal(new URL(uri).origin, "https://cognito-idp.eu-west-1.amazonaws.com");
          return (await fetch(`${server.url}${new URL(uri).pathname}`)).arrayBuffer();
        },
      },
    });

  test("both tokens are accepted for what they are, and for nothing else", async () => {
    const { id_token: id, access_token: access } = await tokens();
    const verify = (options) => CognitoJwtVerifier.create({ userPoolId: pool, clientId: "verifiedclient", ...options }, { jwksCache: jwksCache() });

    const idClaims = await verify({ tokenUse: "id", groups: "editors" }).verify(id);
    const accessClaims = await verify({ tokenUse: "access", scope: "notes/read" }).verify(access);

    assert.equal(idClaims.email, "alice@example.com");
    assert.equal(accessClaims.version, 2);
    await assert.rejects(verify({ tokenUse: "access" }).verify(id), CognitoJwtInvalidTokenUseError);
    await assert.rejects(verify({ tokenUse: "id", clientId: "another" }).verify(id), CognitoJwtInvalidClientIdError);
    await assert.rejects(verify({ tokenUse: "access", scope: "notes/write" }).verify(access), JwtInvalidScopeError);
    const forged = `${access.slice(0, -8)}${access.slice(-8) === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA"}`;
    await assert.rejects(verify({ tokenUse: "access" }).verify(forged), JwtInvalidSignatureError);
  });

  test("a verifier of any issuer finds the keys by the address in the token", async () => {
    const demo = await openDevServer();
    try {
      const { AuthenticationResult } = await demo.call("InitiateAuth", { ClientId: clientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: "alice", PASSWORD: password } });
      const issuer = `${demo.url}/${userPoolId}`;
      const cache = new SimpleJwksCache({ fetcher: { fetch: async (uri) => (await fetch(uri)).arrayBuffer() } });
      const verifier = JwtVerifier.create({ issuer, audience: clientId, jwksUri: `${issuer}/.well-known/jwks.json` }, { jwksCache: cache });

      assert.equal((await verifier.verify(AuthenticationResult.IdToken))["cognito:username"], "alice");
    } finally {
      await demo.close();
    }
  });
});

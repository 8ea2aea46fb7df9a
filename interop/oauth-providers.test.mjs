// npm oidc-provider, a certified OpenID provider, as Google, as Facebook-style OAuth and as a company's own provider of the
// dev-server's default pool.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { defaultPool } from "../e2e/lib/server.mjs";
import { accounts } from "../idp/accounts.mjs";
import { startIdp } from "../idp/start.mjs";
import { claimsOf, exchange, startFlow } from "./lib/code-flow.mjs";
import { openDevServer } from "./lib/pool.mjs";
import { openWeb } from "./lib/web.mjs";

const redirectUri = "http://localhost:5173/";
const { userPoolId, clientId } = defaultPool;

describe("identity providers of the dev-server", () => {
  let idp;
  let server;
  before(async () => {
    idp = await startIdp();
    server = await openDevServer({ args: ["--identity-provider", idp.url] });
  });
  beforeEach(() => server.reset());
  after(async () => {
    await server?.close();
    await idp?.close();
  });

  const start = (more) => startFlow(server, { nonce: "nonce-of-the-app", ...more });

  /** Signs in at a provider as one of its accounts. */
  async function signIn(provider, account, web = openWeb()) {
    const flow = start({ identity_provider: provider });
    const page = await web.visit(flow.url);
    const { left } = await page.submit({ account });
    return exchange(server, flow, left);
  }

  for (const [provider, type] of [["Google", "Google"], ["Facebook", "Facebook"], ["Company", "OIDC"]]) {
    test(`a new person comes by ${provider} and is known the next time`, async () => {
      const tokens = await signIn(provider, "grace");
      const again = await signIn(provider, "grace");

      const username = `${provider}_${accounts.grace.sub}`;
      const id = claimsOf(tokens.id_token);
      assert.equal(id["cognito:username"], username);
      assert.equal(id.email, accounts.grace.email);
      assert.equal(id.name, accounts.grace.name);
      assert.equal(id.nonce, "nonce-of-the-app");
      assert.deepEqual(id["cognito:groups"], [`${userPoolId}_${provider}`]);
      const [identity, ...others] = id.identities;
      assert.deepEqual(others, []);
      assert.equal(identity.userId, accounts.grace.sub);
      assert.equal(identity.providerName, provider);
      assert.equal(identity.providerType, type);
      assert.equal(identity.primary, "true");
      assert.equal(claimsOf(again.id_token).sub, id.sub);
      const user = await server.admin.adminGetUser({ UserPoolId: userPoolId, Username: username });
      assert.equal(user.UserStatus, "EXTERNAL_PROVIDER");
    });
  }

  test("the tokens of a federated person are renewed and open the person's own operations", async () => {
    const tokens = await signIn("Google", "heidi");

    const renewed = await server.call("GetTokensFromRefreshToken", { ClientId: clientId, RefreshToken: tokens.refresh_token });
    const user = await server.call("GetUser", { AccessToken: renewed.AuthenticationResult.AccessToken });

    assert.equal(user.Username, `Google_${accounts.heidi.sub}`);
    assert.equal(claimsOf(tokens.id_token).email_verified, false);
    assert.equal(claimsOf(renewed.AuthenticationResult.IdToken).identities.length, 1);
  });

  test("attributes follow the mapping, a list of groups included", async () => {
    const tokens = await signIn("Company", "grace");

    assert.equal(claimsOf(tokens.id_token)["custom:role"], "[engineering, on-call]");
  });

  test("the page of managed login leads to each provider, and an identifier does too", async () => {
    const page = await openWeb().visit(start().url);
    assert.ok(page.href('data-provider="Facebook"'));

    const atGoogle = await page.click('data-provider="Google"');
    const byIdentifier = await openWeb().visit(start({ idp_identifier: "company.example" }).url);

    assert.equal(atGoogle.url.origin, idp.url);
    assert.match(byIdentifier.html, /company&#39;s provider|company's provider/);
  });

  test("a browser that came from a provider comes straight back, silently too", async () => {
    const web = openWeb();
    await signIn("Google", "grace", web);

    const flow = start({ prompt: "none" });
    const { left } = await web.visit(flow.url);
    const other = await web.visit(start({ identity_provider: "Company" }).url);

    assert.equal(claimsOf((await exchange(server, flow, left)).id_token)["cognito:username"], `Google_${accounts.grace.sub}`);
    assert.equal(other.url.origin, idp.url, "another provider is another question");
  });

  test("one browser can come as one person after the other", async () => {
    const web = openWeb();
    const [first, second] = [await signIn("Google", "grace", web), await signIn("Company", "heidi", web)];

    assert.equal(claimsOf(first.id_token).email, accounts.grace.email);
    assert.equal(claimsOf(second.id_token).email, accounts.heidi.email);
  });

  test("who goes back at the provider is told to the app as access_denied", async () => {
    for (const provider of ["Google", "Facebook", "Company"]) {
      const flow = start({ identity_provider: provider });
      const page = await openWeb().visit(flow.url);

      const { left } = await page.click('id="cancel"');

      assert.equal(left.searchParams.get("error"), "access_denied");
      assert.equal(left.searchParams.get("state"), flow.state);
      assert.match(left.searchParams.get("error_description"), /went back/);
    }
  });

  test("an answer works once, only in the browser that asked, and only for a question that was asked", async () => {
    const web = openWeb();
    const page = await web.visit(start({ identity_provider: "Google" }).url);
    const stolen = openWeb();
    // The victim's browser is made to open the answer that the attacker's browser fetched.
    const caught = await catchAnswer(web, page);

    const elsewhere = await stolen.visit(caught);
    const first = await web.visit(caught);
    const second = await web.visit(caught);
    const invented = await web.visit(`${server.url}/oauth2/idpresponse?code=x&state=invented`);

    assert.ok(first.left.searchParams.get("code"));
    for (const refused of [elsewhere, second, invented]) {
      assert.equal(refused.status, 400);
      assert.match(refused.html, /data-error="invalid_state"/);
    }
  });

  test("an answer in a form of another site, as Apple sends it, is fetched again with the browser's cookies", async () => {
    const web = openWeb();
    const page = await web.visit(start({ identity_provider: "Google" }).url);
    const caught = await catchAnswer(web, page);
    const posted = await fetch(`${server.url}/oauth2/idpresponse`, { method: "POST", body: caught.searchParams, redirect: "manual" });
    assert.equal(posted.status, 303);

    const { left } = await web.visit(posted.headers.get("location"));

    assert.ok(left.searchParams.get("code"));
  });

  test("an answer of another issuer is not exchanged", async () => {
    const web = openWeb();
    const page = await web.visit(start({ identity_provider: "Google" }).url);
    const caught = await catchAnswer(web, page);
    caught.searchParams.set("iss", "https://evil.example");

    const { left } = await web.visit(caught);

    assert.equal(left.searchParams.get("error"), "invalid_request");
    assert.match(left.searchParams.get("error_description"), /another identity provider/);
  });

  test("a provider that refuses the client, or is not there, is told to the app", async () => {
    const details = { client_id: "google-client", client_secret: "wrong", authorize_scopes: "openid email profile", oidc_issuer: idp.url };
    await server.admin.updateIdentityProvider({ UserPoolId: userPoolId, ProviderName: "Google", ProviderDetails: details });
    const page = await openWeb().visit(start({ identity_provider: "Google" }).url);
    const { left } = await page.submit({ account: "grace" });
    const gone = { ...details, oidc_issuer: "http://localhost:1" };
    await server.admin.updateIdentityProvider({ UserPoolId: userPoolId, ProviderName: "Google", ProviderDetails: gone });
    const { left: nowhere } = await openWeb().visit(start({ identity_provider: "Google" }).url);

    assert.equal(left.searchParams.get("error"), "invalid_request");
    assert.match(left.searchParams.get("error_description"), /token endpoint Error - 40\d invalid_client/);
    assert.equal(nowhere.searchParams.get("error"), "invalid_request");
    assert.match(nowhere.searchParams.get("error_description"), /Connection refused/);
  });

  test("a link makes a provider's account a person of the pool, and its end undoes that", async () => {
    const source = { ProviderName: "Google", ProviderAttributeName: "Cognito_Subject", ProviderAttributeValue: accounts.alice.sub };
    const link = { UserPoolId: userPoolId, DestinationUser: { ProviderName: "Cognito", ProviderAttributeValue: "alice" }, SourceUser: source };
    await server.admin.adminLinkProviderForUser(link);
    const linked = claimsOf((await signIn("Google", "alice")).id_token);
    await server.admin.adminDisableProviderForUser({ UserPoolId: userPoolId, User: source });
    const apart = claimsOf((await signIn("Google", "alice")).id_token);

    assert.equal(linked["cognito:username"], "alice");
    assert.equal(linked.identities[0].primary, "false");
    assert.equal(apart["cognito:username"], `Google_${accounts.alice.sub}`);
    await assert.rejects(server.admin.adminLinkProviderForUser(link), { name: "InvalidParameterException" });
  });

  test("a link of the configuration holds from the start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lifeguard-linked-"));
    const settings = (table) => Object.entries(table).map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join("\n");
    const config = join(folder, "pool.toml");
    writeFileSync(config, `
[[pool]]
id = "eu-west-1_Linked"
[[pool.client]]
id = "linkedclient"
[pool.client.settings]
${settings({ AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ["code"], AllowedOAuthScopes: ["openid"], CallbackURLs: [redirectUri], SupportedIdentityProviders: ["Google"] })}
[[pool.identity_provider]]
name = "Google"
[pool.identity_provider.settings]
ProviderType = "Google"
[pool.identity_provider.settings.ProviderDetails]
${settings({ client_id: "google-client", client_secret: "google-client-secret", authorize_scopes: "openid", oidc_issuer: idp.url })}
[[pool.user]]
username = "alice"
linked = [{ provider = "Google", subject = "${accounts.alice.sub}" }]
`);
    const other = await openDevServer({ config });
    try {
      const { url } = start({ client_id: "linkedclient", scope: "openid" });
      url.port = other.port;
      // The client has one provider, so nobody is asked which.
      const page = await openWeb().visit(url);
      assert.equal(page.url.origin, idp.url);
      const { left } = await page.submit({ account: "alice" });
      assert.ok(left.searchParams.get("code"), String(left));

      const { Users } = await other.admin.listUsers({ UserPoolId: "eu-west-1_Linked" });
      assert.deepEqual(Users.map(({ Username }) => Username), ["alice"]);
    } finally {
      await other.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("a link by address learns who it is", async () => {
    await server.admin.adminLinkProviderForUser({
      UserPoolId: userPoolId,
      DestinationUser: { ProviderName: "Cognito", ProviderAttributeValue: "alice" },
      SourceUser: { ProviderName: "Company", ProviderAttributeName: "email", ProviderAttributeValue: accounts.alice.email },
    });

    const id = claimsOf((await signIn("Company", "alice")).id_token);

    assert.equal(id["cognito:username"], "alice");
    assert.equal(id.identities[0].userId, accounts.alice.sub);
  });

  test("who is disabled does not come in by a provider, and nobody comes in by a password they do not have", async () => {
    await signIn("Google", "grace");
    const Username = `Google_${accounts.grace.sub}`;
    await server.admin.adminDisableUser({ UserPoolId: userPoolId, Username });

    const page = await openWeb().visit(start({ identity_provider: "Google" }).url);
    const { left } = await page.submit({ account: "grace" });
    const local = await (await openWeb().visit(start().url)).submit({ username: Username, password: "Correct-Horse-9!" });

    assert.equal(left.searchParams.get("error"), "access_denied");
    assert.match(local.html, /role="alert"/);
  });

  /** Chooses an account, but stops before the answer reaches the pool. */
  async function catchAnswer(web, page) {
    let caught;
    const { fetch } = globalThis;
    globalThis.fetch = (url, init) => {
      if (!String(url).includes("/oauth2/idpresponse")) return fetch(url, init);
      caught ??= new URL(url);
      return new Response(null, { status: 302, headers: { location: redirectUri } });
    };
    try {
      await page.submit({ account: "grace" });
    } finally {
      globalThis.fetch = fetch;
    }
    return caught;
  }
});

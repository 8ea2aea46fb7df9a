// npm samlify, a SAML 2.0 identity provider, as the corporate provider of the dev-server's default pool; and what somebody
// between the two could try.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { defaultPool } from "../e2e/lib/server.mjs";
import { accounts } from "../idp/accounts.mjs";
import { startIdp } from "../idp/start.mjs";
import { claimsOf, exchange, startFlow } from "./lib/code-flow.mjs";
import { openDevServer } from "./lib/pool.mjs";
import { openWeb } from "./lib/web.mjs";

const { userPoolId } = defaultPool;
const { grace } = accounts;

describe("a SAML provider of the dev-server", () => {
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

  /** Begins a sign-in of the app; gives the page it leads to. */
  async function start(web, more = { identity_provider: "Corporate" }) {
    const flow = startFlow(server, more);
    return { ...flow, page: await web.visit(flow.url) };
  }

  /** Signs in; gives the claims of the ID token. */
  async function signIn(account, web = openWeb()) {
    const flow = await start(web);
    const form = await flow.page.submit({ account });
    const { left } = await form.submit({});
    return claimsOf((await exchange(server, flow, left)).id_token);
  }

  /** The form that the provider's page posts to the pool, not yet posted. */
  async function caught(web, more) {
    const { page } = await start(web, more);
    const form = await page.submit({ account: "grace" });
    const value = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form.html)[1];
    return { form, response: Buffer.from(value("SAMLResponse"), "base64").toString(), relayState: value("RelayState") };
  }

  /** Posts a changed response in the place of the real one. */
  const post = (form, response) => form.submit({ SAMLResponse: Buffer.from(response).toString("base64") });

  function assertRefused(left, text) {
    assert.equal(left.searchParams.get("code"), null);
    assert.equal(left.searchParams.get("error"), "invalid_request");
    assert.match(left.searchParams.get("error_description"), text);
  }

  test("a new person comes by SAML and is known the next time", async () => {
    const id = await signIn("grace");
    const again = await signIn("grace");

    const username = `Corporate_${grace.sub}`;
    assert.equal(id["cognito:username"], username);
    assert.equal(id.email, grace.email);
    assert.equal(id.name, grace.name);
    assert.equal(id["custom:role"], "[engineering, on-call]");
    assert.deepEqual(id["cognito:groups"], [`${userPoolId}_Corporate`]);
    assert.equal(id.identities.length, 1);
    const [{ userId, providerName, providerType, primary }] = id.identities;
    assert.deepEqual({ userId, providerName, providerType, primary }, { userId: grace.sub, providerName: "Corporate", providerType: "SAML", primary: "true" });
    assert.equal(again.sub, id.sub);
    const user = await server.admin.adminGetUser({ UserPoolId: userPoolId, Username: username });
    assert.equal(user.UserStatus, "EXTERNAL_PROVIDER");
  });

  test("who goes back at the provider is told to the app as access_denied", async () => {
    const { page, state } = await start(openWeb());
    const form = await page.click('id="cancel"');

    const { left } = await form.submit({});

    assert.equal(left.searchParams.get("error"), "access_denied");
    assert.equal(left.searchParams.get("state"), state);
    assert.match(left.searchParams.get("error_description"), /RequestDenied/);
  });

  test("an identifier and the page of managed login lead to it, too", async () => {
    const { page: byIdentifier } = await start(openWeb(), { idp_identifier: "corporate.example" });
    const { page: managed } = await start(openWeb(), {});
    const byLink = await managed.click('data-provider="Corporate"');

    for (const page of [byIdentifier, byLink]) {
      assert.equal(page.url.origin, idp.url);
      assert.match(page.html, new RegExp(`urn:amazon:cognito:sp:${userPoolId}`));
    }
  });

  test("the request names the pool, and asks again where the app does", async () => {
    const request = ({ page }) => inflateRawSync(Buffer.from(page.url.searchParams.get("SAMLRequest"), "base64")).toString();
    const plain = request(await start(openWeb()));
    const again = request(await start(openWeb(), { identity_provider: "Corporate", prompt: "login" }));

    assert.match(plain, new RegExp(`AssertionConsumerServiceURL="${server.url}/saml2/idpresponse"`));
    assert.doesNotMatch(plain, /ForceAuthn/);
    assert.match(again, /ForceAuthn="true"/);
  });

  test("an altered response lets nobody in", async () => {
    for (const [what, by] of [
      [grace.sub, accounts.heidi.sub],
      [grace.email, "alice@example.com"],
      ["</saml:Assertion>", "</saml:Assertion><!-- -->"],
    ]) {
      const { form, response } = await caught(openWeb());
      assert.ok(response.includes(what));
      const { left } = await post(form, response.replaceAll(what, by));
      // A comment outside of what is signed changes nothing; all else is seen.
      if (what.startsWith("<")) assert.ok(left.searchParams.get("code"));
      else assertRefused(left, /not the identity provider's/);
    }
  });

  test("a response without a signature, or around a signed one, lets nobody in", async () => {
    const { form, response } = await caught(openWeb());
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(response)[0];
    const { left } = await post(form, response.replace(signature, ""));
    assertRefused(left, /signed/);

    const other = await caught(openWeb());
    const assertion = /<saml:Assertion .*<\/saml:Assertion>/s.exec(other.response)[0];
    const evil = assertion.replace(/<ds:Signature .*<\/ds:Signature>/s, "").replaceAll(grace.sub, accounts.heidi.sub).replace(/ID="[^"]*"/, 'ID="_evil"');
    const { left: wrapped } = await post(other.form, other.response.replace(assertion, `${evil}${assertion}`));
    assertRefused(wrapped, /must have one assertion/);
  });

  test("a response answers one request, once, in the browser that asked", async () => {
    const web = openWeb();
    const first = await caught(web);
    const second = await caught(web);

    const { left: swapped } = await post(second.form, first.response);
    const elsewhere = await openWeb().visit(`${server.url}/saml2/idpresponse`, {
      method: "POST",
      body: new URLSearchParams({ SAMLResponse: Buffer.from(first.response).toString("base64"), RelayState: first.relayState }),
    });
    const { left: good } = await first.form.submit({});
    const again = await first.form.submit({});
    const unasked = await web.visit(`${server.url}/saml2/idpresponse`, {
      method: "POST",
      body: new URLSearchParams({ SAMLResponse: Buffer.from(first.response).toString("base64"), RelayState: "invented" }),
    });

    assertRefused(swapped, /does not answer this request/);
    assert.ok(good.searchParams.get("code"));
    for (const refused of [elsewhere, again, unasked]) {
      assert.equal(refused.status, 400);
      assert.match(refused.html, /data-error="invalid_state"/);
    }
  });

  test("a response is judged by the machine's clock, as its provider writes it, and not by one that a test moved", async () => {
    const { form } = await caught(openWeb());
    await server.clock(7 * 60);

    const { left } = await form.submit({});

    assert.notEqual(left.searchParams.get("code"), null);
  });

  test("a provider whose key is another than its metadata says is not believed", async () => {
    const stranger = await startIdp();
    try {
      const metadata = await (await fetch(`${stranger.url}/saml/metadata`)).text();
      const file = metadata.replaceAll(stranger.url, idp.url);
      await server.admin.updateIdentityProvider({ UserPoolId: userPoolId, ProviderName: "Corporate", ProviderDetails: { MetadataFile: file } });
      const { IdentityProvider } = await server.admin.describeIdentityProvider({ UserPoolId: userPoolId, ProviderName: "Corporate" });
      assert.equal(IdentityProvider.ProviderDetails.SSORedirectBindingURI, `${idp.url}/saml/sso`);

      const { form } = await caught(openWeb());
      const { left } = await form.submit({});

      assertRefused(left, /not the identity provider's/);
    } finally {
      await stranger.close();
    }
  });

  test("metadata that cannot be used is refused when it is given", async () => {
    for (const ProviderDetails of [{}, { MetadataFile: "<a/>" }, { MetadataFile: "<!DOCTYPE a><a/>" }]) {
      const made = server.admin.createIdentityProvider({ UserPoolId: userPoolId, ProviderName: "Another", ProviderType: "SAML", ProviderDetails });
      await assert.rejects(made, { name: "InvalidParameterException" });
    }
  });

  test("a provider that cannot be reached is told to the app", async () => {
    const ProviderDetails = { MetadataURL: "http://localhost:1/saml/metadata" };
    await server.admin.updateIdentityProvider({ UserPoolId: userPoolId, ProviderName: "Corporate", ProviderDetails });

    const { page } = await start(openWeb());

    assertRefused(page.left, /Connection refused/);
  });

  test("a link makes the provider's person a person of the pool", async () => {
    await server.admin.adminLinkProviderForUser({
      UserPoolId: userPoolId,
      DestinationUser: { ProviderName: "Cognito", ProviderAttributeValue: "alice" },
      SourceUser: { ProviderName: "Corporate", ProviderAttributeName: "Cognito_Subject", ProviderAttributeValue: accounts.alice.sub },
    });

    const id = await signIn("alice");

    assert.equal(id["cognito:username"], "alice");
    assert.equal(id.identities[0].providerType, "SAML");
    assert.equal(id.identities[0].primary, "false");
  });

  test("what the provider needs to know of a pool can be fetched", async () => {
    const metadata = await fetch(`${server.url}/_dev/saml-metadata/${userPoolId}`);
    const { default: samlify } = await import("../idp/node_modules/samlify/build/index.js");
    const pool = samlify.ServiceProvider({ metadata: await metadata.text() });

    assert.equal(pool.entityMeta.getEntityID(), `urn:amazon:cognito:sp:${userPoolId}`);
    assert.equal(pool.entityMeta.getAssertionConsumerService("post"), `${server.url}/saml2/idpresponse`);
    assert.equal((await fetch(`${server.url}/_dev/saml-metadata/eu-west-1_Unknown`)).status, 400);
  });
});

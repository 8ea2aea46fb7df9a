// Our SDK, in a browser, through MiniStack's managed login: the redirect flow against somebody else's domain, with a provider of its own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openBrowser } from "../e2e/lib/browser.mjs";
import { arrived, backHome, leave } from "../e2e/lib/leaving.mjs";
import { Page } from "../e2e/lib/page.mjs";
import { openSite } from "../e2e/lib/site.mjs";
import { startIdp } from "../idp/start.mjs";
import { ministackSkipReason, openMinistack } from "./lib/ministack.mjs";
import { makePerson, makePool } from "./lib/pool.mjs";
import { skipReason } from "./lib/sdk.mjs";

const password = "Correct-Horse-9!";

describe("the SDK through MiniStack's managed login", { skip: skipReason() || (await ministackSkipReason()) }, () => {
  let server;
  let site;
  let browser;
  let idp;
  let page;
  before(async () => {
    [server, site, idp, browser] = await Promise.all([openMinistack(), openSite("bare"), startIdp(), openBrowser("chromium")]);
    page = new Page(browser.driver, site, "chromium");
  });
  after(async () => {
    await browser?.close();
    await Promise.all([site?.close(), idp?.close(), server?.close()]);
  });

  /** A pool whose client may use the code flow, with somebody in it. */
  async function openPool({ callback = `${site.url}/`, scopes = ["openid", "email"], provider } = {}) {
    const client = {
      // Without choice-based sign-in: name and password on one page.
      ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ["code"], AllowedOAuthScopes: scopes,
      CallbackURLs: [callback], LogoutURLs: [`${site.url}/`], SupportedIdentityProviders: ["COGNITO"],
    };
    const pool = await makePool(server.admin, { client });
    await makePerson(server.admin, pool, { username: "ada", password });
    if (provider) {
      await server.admin.createIdentityProvider({
        UserPoolId: pool.userPoolId, ProviderName: provider, ProviderType: "OIDC",
        ProviderDetails: {
          client_id: "company-client", client_secret: "company-client-secret", oidc_issuer: idp.url,
          authorize_scopes: "openid email profile", attributes_request_method: "GET",
        },
        AttributeMapping: { email: "email" },
      });
    }
    const oauth = { domain: server.url, redirectUris: [`${site.url}/`], logoutUris: [`${site.url}/`], scopes: ["openid", "email"] };
    await page.open("/");
    await page.evaluate(() => { localStorage.clear(); sessionStorage.clear(); });
    return { ...pool, endpoint: server.url, oauth };
  }

  const begin = (options) =>
    page.evaluate(async (given) => {
      const { createAuth } = await import("lifeguard-cognito");
      window.auth = createAuth(given);
    }, options);

  async function typeAtManagedLogin(typed = password) {
    await page.fill(await page.find("#username"), "ada");
    await page.fill(await page.find("#password"), typed);
    await page.click(await page.find("button[type=submit]"));
  }

  async function handle(options) {
    await begin(options);
    return page.evaluate(async () => {
      try {
        return await auth.handleRedirect();
      } catch ({ name, code, detail, service }) {
        return { error: { name, code, detail, service } };
      }
    });
  }

  test("a person signs in, the tokens are verified by the pool's keys, and the session is kept", async () => {
    const options = await openPool();
    await begin(options);
    await leave(page, "signInWithRedirect", { returnTo: "/home", appState: { n: 1 } });
    await arrived(page, /\/oauth2\/authorize\?/);
    await typeAtManagedLogin("Wrong-Horse-9!");
    await page.see("Incorrect username or password");
    await typeAtManagedLogin();
    await backHome(page);

    const result = await handle(options);

    assert.equal(result.user.username, "ada");
    assert.equal(result.returnTo, "/home");
    assert.deepEqual(result.appState, { n: 1 });
    assert.equal(await page.url(), `${site.url}/`);
    const refreshed = await page.evaluate(async () => (await auth.session({ forceRefresh: true })).user.sub);
    assert.equal(refreshed, result.user.sub);
  });

  test("a response is refused without its flow, and a code the second time", async () => {
    const options = await openPool();
    await begin(options);
    await leave(page, "signInWithRedirect");
    await arrived(page, /\/oauth2\/authorize\?/);
    await typeAtManagedLogin();
    const address = await backHome(page);
    const key = `lifeguard.flow.${new URL(address).searchParams.get("state")}`;
    const record = await page.evaluate((name) => localStorage.getItem(name), key);
    assert.equal((await handle(options)).user.username, "ada");

    await page.open(address);
    const unknown = await handle(options);
    await page.open("/");
    await page.evaluate((name, text) => localStorage.setItem(name, text), key, record);
    await page.open(address);
    const spent = await handle(options);

    assert.equal(unknown.error.code, "redirectUnknown");
    assert.equal(spent.error.code, "redirectRefused");
    assert.equal(spent.error.service.name, "invalid_grant");
  });

  test("a verifier of another flow does not redeem the code", async () => {
    const options = await openPool();
    await begin(options);
    await leave(page, "signInWithRedirect");
    await arrived(page, /\/oauth2\/authorize\?/);
    await typeAtManagedLogin();
    const address = await backHome(page);
    await page.evaluate((name) => {
      const record = JSON.parse(localStorage.getItem(name));
      localStorage.setItem(name, JSON.stringify({ ...record, verifier: "A".repeat(43) }));
    }, `lifeguard.flow.${new URL(address).searchParams.get("state")}`);

    const { error } = await handle(options);

    assert.equal(error.code, "redirectRefused");
    assert.equal(await page.evaluate(() => auth.user()), null);
  });

  test("a scope that the client may not have is told as such", async () => {
    const options = await openPool();
    await begin(options);
    await leave(page, "signInWithRedirect", { scopes: ["openid", "profile"] });
    await backHome(page);

    const { error } = await handle(options);

    assert.ok(["misconfigured", "redirectRefused"].includes(error.code), error.code);
    assert.match(`${error.service.name} ${error.service.message}`, /invalid_scope/);
  });

  test("an address that is not registered never comes back", async () => {
    const options = await openPool({ callback: `${site.url}/elsewhere` });
    await begin(options);

    await leave(page, "signInWithRedirect");

    await page.see("redirect_uri is not allowed");
    assert.ok((await page.url()).startsWith(server.url));
  });

  test("a person of an OpenID provider signs in, and is refreshed", async () => {
    const options = await openPool({ provider: "Company" });
    await begin(options);
    await leave(page, "signInWithRedirect", { identityProvider: "Company" });
    await arrived(page, new RegExp(`^${idp.url}/`));
    await page.click(await page.find('button[value="grace"]'));
    await backHome(page);

    const { user } = await handle(options);

    assert.match(user.username, /^company_/i);
    assert.equal(user.claims.identities[0].providerName, "Company");
    assert.equal(await page.evaluate(async () => (await auth.session({ forceRefresh: true })).user.username), user.username);
  });

  test("signing out ends the session, revokes the token and comes back", async () => {
    const options = await openPool();
    await begin(options);
    await leave(page, "signInWithRedirect");
    await arrived(page, /\/oauth2\/authorize\?/);
    await typeAtManagedLogin();
    await backHome(page);
    assert.ok((await handle(options)).user);
    const stored = await page.evaluate((key) => JSON.parse(localStorage.getItem(key)), `lifeguard.${options.clientId}.session`);

    await leave(page, "signOutWithRedirect");
    await arrived(page, new RegExp(`^${site.url}/$`));

    await begin(options);
    assert.equal(await page.evaluate(() => auth.user()), null);
    await assert.rejects(server.admin.initiateAuth({ ClientId: options.clientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: stored.refreshToken } }), { name: "NotAuthorizedException" });
  });
});

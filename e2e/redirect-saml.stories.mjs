// A company's SAML provider: its page posts the response through the browser, in every engine.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after } from "node:test";
import { accounts } from "../idp/accounts.mjs";
import { startIdp } from "../idp/start.mjs";
import { defaultPool } from "./lib/server.mjs";
import { stories } from "./lib/stories.mjs";
import { RedirectLab, siteOptions } from "./redirect-lab.mjs";

// Another site than the pool, as in life: no browser sends the pool its cookies with a form from there.
const idp = await startIdp({ host: "127.0.0.1" });
after(() => idp.close());

const server = { args: ["--identity-provider", idp.url] };
const verifier = randomBytes(32).toString("base64url");

/** Opens an authorization request that leads to the provider and back to the story's own site. */
async function begin({ page, server, site }) {
  const redirectUri = `${site.url}/`;
  await server.control("POST", "app-urls", { urls: [redirectUri] });
  const url = new URL("/oauth2/authorize", server.url);
  url.search = new URLSearchParams({
    client_id: defaultPool.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid email",
    state: "state-of-the-story",
    identity_provider: "Corporate",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  await page.open(url.href);
}

/** Waits until the browser is back at the story's site; gives what it brought. */
async function back({ driver, site }) {
  await driver.wait(async () => (await driver.getCurrentUrl()).startsWith(`${site.url}/?`), 20_000, "not led back");
  return new URL(await driver.getCurrentUrl()).searchParams;
}

async function exchange({ server, site }, code) {
  const body = new URLSearchParams({ grant_type: "authorization_code", client_id: defaultPool.clientId, redirect_uri: `${site.url}/`, code, code_verifier: verifier });
  const response = await fetch(`${server.url}/oauth2/token`, { method: "POST", body });
  assert.equal(response.status, 200);
  const { id_token: token } = await response.json();
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}

stories("SAML provider", { site: "empty", server }, (story) => {
  story("a person chooses an account there, and the app gets a code", async (given) => {
    await begin(given);
    await given.page.click(await given.page.find('button[value="grace"]'));

    const answer = await back(given);

    assert.equal(answer.get("state"), "state-of-the-story");
    const claims = await exchange(given, answer.get("code"));
    assert.equal(claims["cognito:username"], `Corporate_${accounts.grace.sub}`);
    assert.equal(claims.email, accounts.grace.email);
    assert.equal(claims.identities[0].providerType, "SAML");
  });

  story("a person goes back there, and the app is told", async (given) => {
    await begin(given);
    await given.page.click(await given.page.find("#cancel"));

    const answer = await back(given);

    assert.equal(answer.get("error"), "access_denied");
    assert.equal(answer.get("state"), "state-of-the-story");
    assert.equal(answer.get("code"), null);
  });
});

stories("the SDK and a SAML provider", { site: "bare", siteOptions, server }, (story) => {
  story("a person comes by SAML, and the session is one like any other", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave("signInWithRedirect", { identityProvider: "Corporate", returnTo: "/reports" });
    await lab.arrived(/\/saml\/sso\?/);
    await page.click(await page.find('button[value="grace"]'));
    await lab.backHome();

    const result = await lab.handle();

    assert.equal(result.error, undefined);
    assert.equal(result.user.username, `Corporate_${accounts.grace.sub}`);
    assert.equal(result.user.claims.email, accounts.grace.email);
    assert.equal(result.returnTo, "/reports");
    const refreshed = await page.evaluate(async () => {
      const before = await auth.getAccessToken();
      const { accessToken, user } = await auth.session({ forceRefresh: true });
      return { isNew: accessToken !== before, username: user.username };
    });
    assert.deepEqual(refreshed, { isNew: true, username: result.user.username });
  });

  story("a person goes back at the SAML provider, and the app says so and can ask again", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave("signInWithRedirect", { idpIdentifier: "corporate.example", appState: 7 });
    await lab.arrived(/\/saml\/sso\?/);
    await page.click(await page.find("#cancel"));
    await lab.backHome();

    const { error } = await lab.handle();

    assert.equal(error.code, "redirectCancelled");
    assert.deepEqual(error.redirect, { appState: 7 });
    assert.equal(await lab.who(), null);
    assert.deepEqual(await lab.flows(), []);
  });
});

// Sign-in through other people's identity providers: what each kind brings, and a person who changes their mind there.
import assert from "node:assert/strict";
import { after } from "node:test";
import { startIdp } from "../idp/start.mjs";
import { stories } from "./lib/stories.mjs";
import { RedirectLab, siteOptions } from "./redirect-lab.mjs";

const idp = await startIdp();
after(() => idp.close());

/** Chooses an account at the provider. */
async function chooseAt(lab, account) {
  await lab.arrived(new RegExp(`^${idp.url}/`));
  await lab.page.click(await lab.page.find(`button[value="${account}"]`));
  await lab.backHome();
}

stories("redirect providers", { site: "bare", siteOptions, server: { args: ["--identity-provider", idp.url] } }, (story) => {
  for (const [kind, input, prefix] of [
    ["Google, an OpenID provider,", { provider: "Google" }, "Google_"],
    ["Facebook, which speaks OAuth only,", { provider: "Facebook" }, "Facebook_"],
    ["a company's OpenID provider", { identityProvider: "Company" }, "Company_"],
    ["a company's SAML provider", { identityProvider: "Corporate" }, "Corporate_"],
    ["a provider found by its identifier", { idpIdentifier: "company.example" }, "Company_"],
  ]) {
    story(`a person signs in through ${kind} and stays signed in`, async (context) => {
      const lab = new RedirectLab(context);
      const page = await lab.open("/");
      await lab.leave("signInWithRedirect", { ...input, returnTo: "/welcome" });

      await chooseAt(lab, "grace");
      const { user, returnTo } = await lab.handle();

      assert.ok(user.username.toLowerCase().startsWith(prefix.toLowerCase()), user.username);
      assert.equal(returnTo, "/welcome");
      assert.equal(user.claims.identities[0].providerName, prefix.slice(0, -1));
      const again = await page.evaluate(async () => (await auth.session({ forceRefresh: true })).user.sub);
      assert.equal(again, user.sub);
    });
  }

  story("a person chooses the provider at the managed login", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave();
    await lab.arrived(/\/login\?/);

    await lab.page.click(await lab.page.find('a[data-provider="Google"]'));
    await chooseAt(lab, "heidi");

    assert.match((await lab.handle()).user.username, /^google_/i);
  });

  story("a person who goes back at the provider is not signed in, and may try again", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave("signInWithRedirect", { provider: "Google", appState: "kept" });
    await lab.arrived(new RegExp(`^${idp.url}/`));
    await lab.page.click(await lab.page.find("#cancel"));
    await lab.backHome();

    const { error } = await lab.handle();

    assert.equal(error.code, "redirectCancelled");
    assert.equal(error.service.name, "access_denied");
    assert.deepEqual(error.redirect, { appState: "kept" });
    assert.equal(await lab.who(), null);
    await lab.leave("signInWithRedirect", { provider: "Google" });
    await chooseAt(lab, "grace");
    assert.match((await lab.handle()).user.username, /^google_/i);
  });

  story("signing out everywhere ends a session that came through a provider", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave("signInWithRedirect", { provider: "Google" });
    await chooseAt(lab, "grace");
    assert.ok(await lab.handle());
    const token = await page.evaluate(() => auth.getAccessToken());

    await lab.leave("signOutWithRedirect", { global: true });
    await lab.arrived(new RegExp(`^${context.site.url}/$`));

    const reply = await fetch(`${context.server.url}/oauth2/userInfo`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(reply.status, 401);
    assert.equal(await lab.counter("GlobalSignOut"), 1);
  });
});

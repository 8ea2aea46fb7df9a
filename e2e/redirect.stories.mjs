// Sign-in by redirect through the managed login: the whole way, and what may go wrong on it.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { RedirectLab, siteOptions } from "./redirect-lab.mjs";

stories("redirect", { site: "bare", siteOptions }, (story) => {
  story("a person of the pool signs in at the managed login and comes back signed in", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");

    const result = await lab.signIn("alice", { returnTo: "/orders?id=1", appState: { cart: [1.5, "é"] } });

    assert.equal(result.user.username, "alice");
    assert.equal(result.user.claims.email, "alice@example.com");
    assert.equal(result.returnTo, "/orders?id=1");
    assert.deepEqual(result.appState, { cart: [1.5, "é"] });
    assert.equal(await lab.who(), "alice");
    assert.deepEqual(await lab.flows(), []);
    assert.ok((await lab.page.evaluate(() => told)).includes("signedIn"));
  });

  story("the response leaves address and store before anything is sent, and the page's own query and fragment stay", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    const arrived = new URL(await lab.backHome());
    const code = arrived.searchParams.get("code");
    assert.ok(code);
    await page.open(`/?tenant=a%20b&${arrived.search.slice(1)}&x#/route?code=mine`);
    await lab.begin();

    const seen = await page.evaluate(async () => {
      const state = new URLSearchParams(location.search).get("state");
      let now;
      const real = globalThis.fetch;
      globalThis.fetch = (input, init) => {
        if (String(input.url ?? input).includes("/oauth2/token"))
          now ??= { href: location.href, record: localStorage.getItem(`lifeguard.flow.${state}`) };
        return real(input, init);
      };
      const { user } = await auth.handleRedirect();
      return { now, user: user.username };
    });

    assert.equal(seen.now.href, `${context.site.url}/?tenant=a%20b&x#/route?code=mine`);
    assert.equal(seen.now.record, null);
    assert.equal(seen.user, "alice");
    const kept = JSON.stringify(await page.storage());
    assert.ok(!kept.includes(code));
  });

  story("two calls at once get the same answer, and a later one gets none", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    await lab.backHome();
    await lab.begin();

    const answers = await lab.page.evaluate(async () => {
      const all = await Promise.all([auth.handleRedirect(), auth.handleRedirect()]);
      const later = await auth.handleRedirect();
      return [...all, later].map((answer) => answer && answer.user.username);
    });

    assert.deepEqual(answers, ["alice", "alice", null]);
    assert.equal(await lab.counter("oauth2/token"), 1);
  });

  story("nothing pending: nothing is returned, touched or loaded", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/?tenant=1&state=open#top");

    const seen = await page.evaluate(async () => {
      const count = () => performance.getEntriesByType("resource").length;
      // What the page itself loads in the background has come before.
      let before = -1;
      while (before !== count()) {
        before = count();
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      const answer = await auth.handleRedirect();
      const loaded = performance.getEntriesByType("resource").slice(before).map(({ name }) => name).filter((name) => !name.includes("__harness"));
      return { answer, loaded, href: location.href, stored: Object.keys(localStorage).length };
    });

    assert.deepEqual(seen, { answer: null, loaded: [], href: `${context.site.url}/?tenant=1&state=open#top`, stored: 0 });
  });

  story("two tabs sign in at once, and each finishes its own flow", async (context) => {
    const lab = new RedirectLab(context);
    const first = await lab.open("/");
    const second = await first.newTab("/");
    await lab.begin(second);
    await lab.leave("signInWithRedirect", { appState: "first" }, first);
    await lab.arrived(/\/login\?/, first);
    await lab.leave("signInWithRedirect", { appState: "second" }, second);

    await lab.typeAtManagedLogin("alice", second);
    await lab.backHome(second);
    const later = await lab.handle(second);
    await lab.typeAtManagedLogin("alice", first);
    await lab.backHome(first);
    const earlier = await lab.handle(first);

    assert.equal(later.appState, "second");
    assert.equal(earlier.appState, "first");
    assert.deepEqual(await lab.flows(), []);
  });

  story("a response may arrive in another tab of the browser", async (context) => {
    const lab = new RedirectLab(context);
    const first = await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    const address = await lab.backHome();

    const second = await first.newTab(address);
    const result = await lab.handle(second);

    assert.equal(result.user.username, "alice");
  });

  story("the session is refreshed like any other", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.signIn();
    const before = await lab.page.evaluate(() => auth.getAccessToken());

    const after = await lab.page.evaluate(async () => {
      const { accessToken, user } = await auth.session({ forceRefresh: true });
      return { accessToken, username: user.username };
    });

    assert.equal(after.username, "alice");
    assert.notEqual(after.accessToken, before);
    assert.equal(await lab.counter("GetTokensFromRefreshToken"), 1);
  });

  story("an abandoned flow blocks nobody", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave();
    await lab.arrived(/\/login\?/);
    await page.open("/");
    await lab.begin();

    assert.equal(await lab.take(), null);
    assert.equal((await lab.flows()).length, 1);
    assert.equal(await lab.who(), null);
    const direct = await page.evaluate((given) => auth.signIn({ username: "alice", password: given }), "Correct-Horse-9!");

    assert.equal(direct.status, "signedIn");
    await lab.leave("signInWithRedirect", { prompt: "login" });
    await lab.typeAtManagedLogin("alice");
    await lab.backHome();
    assert.equal((await lab.handle()).user.username, "alice");
  });

  story("a person already known at the domain comes back without a question, and not after signing out there", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.signIn();

    await lab.leave("silentSignIn", { returnTo: "/here" });
    await lab.backHome();
    const silent = await lab.handle();
    assert.equal(silent.user.username, "alice");
    assert.equal(silent.returnTo, "/here");
    await lab.leave("signOutWithRedirect");
    await lab.arrived(new RegExp(`^${context.site.url}/$`));
    await lab.begin();
    assert.equal(await lab.who(), null);
    await lab.leave("silentSignIn", { appState: 7 });
    await lab.backHome();
    const { error } = await lab.handle();

    assert.equal(error.code, "loginRequired");
    assert.deepEqual(error.redirect, { appState: 7 });
    assert.equal(await lab.who(), null);
  });

  story("signing out by redirect ends the session here, at the service and at the domain", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.signIn();
    const other = await page.newTab("/");
    await lab.begin(other);
    assert.equal(await lab.who(other), "alice");

    await lab.leave("signOutWithRedirect", {}, page);
    await lab.arrived(new RegExp(`^${context.site.url}/$`), page);

    await other.waitFor(() => told.includes("signedOut"), { what: "sign-out in the other tab" });
    assert.equal(await lab.who(other), null);
    assert.equal(await lab.counter("RevokeToken"), 1);
    await lab.begin(page);
    await lab.leave("signInWithRedirect", {}, page);
    await lab.arrived(/\/login\?/, page);
  });

  story("signing out straight back to the sign-in page signs the next person in", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.signIn("alice");

    await lab.leave("signOutWithRedirect", { backToSignIn: { returnTo: "/next" } });
    await lab.typeAtManagedLogin("alice");
    await lab.backHome();
    const result = await lab.handle();

    assert.equal(result.user.username, "alice");
    assert.equal(result.returnTo, "/next");
  });

  story("the sign-up page of the pool is one link away", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");

    const url = await page.evaluate(() => auth.signUpUrl({ returnTo: "/welcome" }));

    assert.ok(url.startsWith(`${context.server.url}/signup?`));
    assert.equal((await lab.flows()).length, 1);
    await page.open(url);
    await page.find("input[type=password]");
  });
});

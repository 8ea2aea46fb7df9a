// A response that arrives while others look on: guards, other tabs, other services; and pages that are not left after all.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { password, RedirectLab, siteOptions } from "./redirect-lab.mjs";

/** A domain whose pages are no pages: the browser stays where it is, as it does when an application of the device opens. */
const elsewhere = { files: { ...siteOptions.files, "/oauth2/authorize": { status: 204 }, "/logout": { status: 204 } } };

/** What a call that left the page has come to, once the person is back at it. */
const outcomeAfterFocus = (page) =>
  page.waitFor(() => {
    // Now and then: a page that gets the focus is given a moment to leave.
    if (!(performance.now() - window.focusedAt < 3_000)) {
      window.focusedAt = performance.now();
      dispatchEvent(new Event("focus"));
    }
    return window.outcome;
  }, { what: "outcome" });

stories("redirect arrival", { site: "bare", siteOptions }, (story) => {
  story("a code and state of another service stay in the address, and whoever is signed in stays", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await page.evaluate((given) => auth.signIn({ username: "alice", password: given }), password);
    for (const query of ["?code=ac_1&state=shop%3A42", "?error=access_denied&state=shop%3A42", "?code=PROMO10"]) {
      await page.open(`/${query}`);
      assert.equal(await lab.handle(), null);
      assert.equal(await page.url(), `${context.site.url}/${query}`);
      assert.equal(await lab.who(), "alice");
    }
  });

  story("a guard that asks while the response is being finished finds the person, and leaves nowhere", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await context.server.faults({ operation: "oauth2/token", kind: "delay", ms: 1_000 });
    await lab.leave();
    await lab.typeAtManagedLogin();
    await lab.backHome();
    await lab.begin();

    const seen = await page.evaluate(async () => {
      const before = auth.user();
      await new Promise((resolve) => setTimeout(resolve));
      const result = auth.handleRedirect();
      const all = [await before, await auth.user(), (await auth.session())?.user, (await result).user];
      return [...all.map((user) => user?.username ?? null), Boolean(await auth.getAccessToken())];
    });

    assert.deepEqual(seen, ["alice", "alice", "alice", "alice", true]);
  });

  story("calls of the account wait for a response that is being finished", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await context.server.faults({ operation: "oauth2/token", kind: "delay", ms: 1_500 });
    await lab.leave();
    await lab.typeAtManagedLogin();
    await lab.backHome();
    await lab.begin();

    const seen = await page.evaluate(async () => {
      const finished = auth.handleRedirect();
      const calls = { attributes: auth.attributes.get(), mfa: auth.mfa.preference(), devices: auth.devices.list(), passkeys: auth.passkeys.list() };
      const codes = {};
      for (const [name, call] of Object.entries(calls)) codes[name] = await call.then(() => "done", ({ code }) => code);
      return { ...codes, user: (await finished).user.username };
    });

    assert.equal(seen.user, "alice");
    assert.equal(seen.attributes, "done");
    for (const [name, code] of Object.entries(seen)) assert.notEqual(code, "signedOut", name);
  });

  for (const [how, fault, status] of [
    ["is finished", { kind: "delay", ms: 1_000 }, "ok"],
    ["is refused", { kind: "status", status: 400 }, "signedOut"],
  ])
    story(`the status is loading until a response ${how}, and handlers hear of no other in between`, async (context) => {
      const lab = new RedirectLab(context);
      const page = await lab.open("/");
      await context.server.faults({ operation: "oauth2/token", ...fault });
      await lab.leave();
      await lab.typeAtManagedLogin();
      await lab.backHome();
      await lab.begin();

      const seen = await page.evaluate(async () => {
        const seen = [];
        auth.on("statusChanged", ({ status }) => seen.push(status));
        seen.push(auth.status);
        await auth.handleRedirect().catch(() => {});
        const until = performance.now() + 3_000;
        while (auth.status === "loading" && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
        return [...seen, auth.status];
      });

      assert.deepEqual(seen, ["loading", status, status]);
    });

  story("one response in two tabs at once makes one session and one clear code", async (context) => {
    const lab = new RedirectLab(context);
    const first = await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    const address = await lab.backHome();
    const second = await first.newTab(address);
    for (const tab of [first, second]) await lab.begin(tab);
    // Each begins at the same time of the clock, whichever the driver reaches first.
    const at = Date.now() + 1_000;
    for (const tab of [first, second])
      await tab.evaluate((at) => {
        window.taken = new Promise((resolve) => setTimeout(resolve, at - Date.now()))
          .then(() => auth.handleRedirect())
          .then(({ user }) => user.username, ({ code }) => code);
      }, at);

    const taken = [await first.evaluate(() => taken), await second.evaluate(() => taken)];

    assert.deepEqual(taken.sort(), ["alice", "redirectUnknown"]);
    assert.equal(await lab.counter("oauth2/token"), 1);
    for (const tab of [first, second]) assert.equal(await lab.who(tab), "alice");
  });

  story("while a tab signs out at the domain another one signs nobody in silently", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.signIn();
    const other = await page.newTab("/");
    await lab.begin(other);
    assert.equal(await lab.who(other), "alice");
    await other.script("window.isLeaving = true; auth.on('signedOut', () => { auth.signInWithRedirect().catch(() => {}); });");
    await context.server.faults({ operation: "logout", kind: "delay", ms: 2_000 });

    await lab.leave("signOutWithRedirect", {}, page);

    // Known at the domain still, and asked all the same.
    const asked = new URL(await lab.arrived(/\/login\?/, other));
    assert.equal(asked.searchParams.get("prompt") ?? "login", "login");
    await lab.arrived(new RegExp(`^${context.site.url}/$`), page);
  });

  story("an application that asks silently whenever it starts leaves once, and is told", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave("silentSignIn");
    await lab.backHome();
    assert.equal((await lab.handle()).error.code, "loginRequired");

    const again = await lab.page.evaluate(() => auth.silentSignIn().catch(({ code }) => code));

    assert.equal(again, "loginRequired");
    assert.equal(await lab.page.url(), `${context.site.url}/`);
    // Once signed in, it may ask again.
    await lab.signIn();
    await lab.leave("silentSignIn");
    await lab.backHome();
    assert.equal((await lab.handle()).user.username, "alice");
  });

  story("a page that gets the focus back while the domain takes six seconds to answer leaves all the same, and is told nothing before", async (context) => {
    const lab = new RedirectLab(context, { oauth: { domain: context.site.url } });
    const page = await lab.open("/");
    await page.script(`
      setTimeout(() => { dispatchEvent(new Event("focus")); document.dispatchEvent(new Event("visibilitychange")); }, 700);
      auth.signInWithRedirect().then(() => "resolved", ({ code }) => code).then((outcome) => sessionStorage.setItem("outcome", outcome));`);

    await lab.arrived(/\/oauth2\/authorize/);
    assert.equal(await page.script('return sessionStorage.getItem("outcome")'), null);
  }, {
    siteOptions: {
      files: {
        ...siteOptions.files,
        "/oauth2/authorize": async () => {
          await new Promise((resolve) => setTimeout(resolve, 6_000));
          return { type: "text/html", body: "<!doctype html><html><head><title>there</title></head><body>there</body></html>" };
        },
      },
    },
  });

  story("a page that was not left after all goes on: signing in is cancelled, signing out is done", async (context) => {
    const lab = new RedirectLab(context, { oauth: { domain: context.site.url } });
    const page = await lab.open("/");
    await lab.leave();
    await page.waitFor(() => Object.keys(localStorage).some((key) => key.startsWith("lifeguard.flow.")), { what: "flow" });
    assert.equal((await outcomeAfterFocus(page)).code, "redirectCancelled");

    await page.evaluate((given) => auth.signIn({ username: "alice", password: given }), password);
    assert.equal(await lab.who(), "alice");
    await page.script("window.outcome = undefined;");
    await lab.leave("signOutWithRedirect");
    await page.waitFor(() => told.includes("signedOut"), { what: "sign-out" });

    assert.deepEqual((await outcomeAfterFocus(page)).value, { cleared: true, revoked: true });
    assert.equal(await lab.who(), null);
  }, { siteOptions: elsewhere });
});

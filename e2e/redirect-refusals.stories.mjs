// Responses that must not be believed, tokens that must not be accepted, calls that cannot be made.
import assert from "node:assert/strict";
import { readBody } from "../scripts/lib/static.mjs";
import { keepable } from "./session-lab.mjs";
import { stories } from "./lib/stories.mjs";
import { RedirectLab, siteOptions } from "./redirect-lab.mjs";

/** The pool's server, and what a hostile domain before it does to the tokens. */
let upstream;
let twist = (tokens) => tokens;

/** A domain that passes everything on, but for what `twist` does to the answer of the token endpoint. */
const hostileDomain = {
  files: {
    ...siteOptions.files,
    "/oauth2/authorize": (request) => ({ status: 302, headers: { location: upstream + request.url } }),
    "/oauth2/token": async (request) => {
      const reply = await fetch(`${upstream}/oauth2/token`, { method: "POST", headers: { "content-type": request.headers["content-type"] }, body: await readBody(request) });
      return { status: reply.status, type: "application/json", body: JSON.stringify(twist(await reply.json())) };
    },
  },
};

/** Another letter where it changes the signature's first bits. */
const forged = (token) => token.replace(/\.(.)([^.]*)$/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}`);
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const payload = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

stories("redirect refusals", { site: "bare", siteOptions }, (story) => {
  story("a response to no flow of this browser is refused, errors included, and leaves the address", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    for (const query of ["code=x&state=lg.unknown", "error=access_denied&error_description=Click%20here&state=lg.unknown"]) {
      await lab.page.open(`/?tenant=1&${query}`);

      const { error } = await lab.handle();

      assert.equal(error.name, "AuthError");
      assert.equal(error.code, "redirectUnknown");
      assert.ok(!error.service);
      assert.equal(await lab.page.url(), `${context.site.url}/?tenant=1`);
    }
    assert.equal(await lab.counter("oauth2/token"), 0);
    assert.equal(await lab.who(), null);
  });

  story("a code is good for one use, here and at the pool", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    const address = await lab.backHome();
    const state = new URL(address).searchParams.get("state");
    const record = await page.evaluate((key) => localStorage.getItem(key), `lifeguard.flow.${state}`);
    assert.equal((await lab.handle()).user.username, "alice");

    await page.open(address);
    const again = await lab.handle();
    await page.open("/");
    await page.evaluate((key, text) => localStorage.setItem(key, text), `lifeguard.flow.${state}`, record);
    await page.open(address);
    const replayed = await lab.handle();

    assert.equal(again.error.code, "redirectUnknown");
    assert.equal(replayed.error.code, "redirectRefused");
    assert.equal(replayed.error.service.name, "invalid_grant");
    // A failed flow leaves whoever is signed in.
    assert.equal(await lab.who(), "alice");
  });

  story("a code of somebody else's flow does not sign anybody in", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    const stolen = new URL(await lab.backHome()).searchParams.get("code");
    await page.open("/");
    await lab.begin();
    await lab.leave("silentSignIn");
    const own = new URL(await lab.backHome());
    own.searchParams.set("code", stolen);

    await page.open(own.href);
    const { error } = await lab.handle();

    assert.equal(error.code, "redirectRefused");
    assert.equal(await lab.who(), null);
  });

  story("a person who takes more than ten minutes begins again, with the application's state", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave("signInWithRedirect", { returnTo: "/orders" });
    await lab.typeAtManagedLogin();
    await lab.backHome();
    await lab.page.evaluate(() => {
      const real = Date.now;
      Date.now = () => real() + 601_000;
    });

    const { error } = await lab.handle();

    assert.equal(error.code, "redirectExpired");
    assert.deepEqual(error.redirect, { returnTo: "/orders" });
  });

  story("a response that names another issuer is refused", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    await lab.page.open(`${await lab.backHome()}&iss=https%3A%2F%2Fevil.example`);

    const { error } = await lab.handle();

    assert.deepEqual([error.code, error.detail], ["protocolViolation", "token-issuer"]);
    assert.equal(await lab.counter("oauth2/token"), 0);
    assert.ok(!(await lab.page.url()).includes("iss="));
  });

  story("tokens that do not answer the flow become no session", async (context) => {
    upstream = context.server.url;
    twist = (tokens) => tokens;
    const lab = new RedirectLab(context, { oauth: { domain: context.site.url } });
    await lab.open("/");
    let before;
    twist = (tokens) => {
      before = tokens;
      return tokens;
    };
    assert.equal((await lab.signIn()).user.username, "alice");
    await lab.page.evaluate(() => auth.signOut());

    for (const [detail, change] of [
      ["token-nonce", (tokens) => ({ ...tokens, id_token: before.id_token })],
      ["token-signature", (tokens) => ({ ...tokens, id_token: forged(tokens.id_token) })],
      ["token-signature", ({ id_token: token, ...tokens }) => ({ ...tokens, id_token: [token.split(".")[0], part({ ...payload(token), email: "eve@example.com" }), token.split(".")[2]].join(".") })],
      ["token-signature", ({ id_token: token, ...tokens }) => ({ ...tokens, id_token: `${part({ alg: "none" })}.${token.split(".")[1]}.x` })],
      ["id_token", ({ id_token: _, ...tokens }) => tokens],
    ]) {
      twist = change;
      await lab.leave("signInWithRedirect", { prompt: "none", scopes: ["openid", "email"] });
      await lab.backHome();

      const { error } = await lab.handle();

      assert.deepEqual([error.code, error.detail], ["protocolViolation", detail]);
      assert.equal(await lab.who(), null);
    }
    twist = ({ access_token: _, ...tokens }) => ({ ...tokens, access_token: before.access_token });
    await lab.leave("signInWithRedirect", { prompt: "none", scopes: ["openid", "email"] });
    await lab.backHome();
    const { error } = await lab.handle();
    assert.deepEqual([error.code, error.detail], ["protocolViolation", "token-access-hash"]);
  }, { siteOptions: hostileDomain });

  story("a flow of another client on the same page is left to its own object", async (context) => {
    const lab = new RedirectLab(context);
    await lab.open("/");
    await lab.leave();
    await lab.typeAtManagedLogin();
    const address = await lab.backHome();
    await lab.begin(lab.page, { userPoolId: "eu-west-1_LifeGuardMfa", clientId: "lifeguardmfaclient00000001" });

    const other = await lab.take();
    const left = await lab.page.url();
    await lab.begin();
    const own = await lab.take();

    assert.equal(other, null);
    assert.equal(left, address);
    assert.equal(own.user.username, "alice");
  });

  story("what cannot be asked for is refused before the page is left", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    for (const input of [
      { returnTo: "//evil.example" },
      { returnTo: "javascript:alert(1)" },
      { returnTo: "https://evil.example/" },
      { provider: "Google", idpIdentifier: "company.example" },
      { extra: { response_type: "token" } },
      { extra: { code_challenge_method: "plain" } },
      { redirectUri: "https://evil.example/" },
      { redirectUri: `${context.site.url}/?x` },
      { appState: "x".repeat(5_000) },
    ]) {
      const code = await page.evaluate((given) => auth.signInWithRedirect(given).catch((error) => error.code), input);
      assert.equal(code, "misuse", JSON.stringify(input).slice(0, 80));
    }
    const out = await page.evaluate(() => auth.signOutWithRedirect({ logoutUri: "https://evil.example/" }).catch((error) => error.code));
    assert.equal(out, "misuse");
    assert.equal(await page.url(), `${context.site.url}/`);
    assert.deepEqual(await lab.flows(), []);
  });

  story("who comes back by the back button hears that the sign-in was cancelled", async (context) => {
    upstream = context.server.url;
    const lab = new RedirectLab(context, { oauth: { domain: context.site.url } });
    const page = await lab.open("/");
    await lab.leave();
    await page.waitFor(() => performance.getEntriesByType("resource").length > 0 && Object.keys(localStorage).some((key) => key.startsWith("lifeguard.flow.")), { what: "flow" });

    // The domain answers with nothing, so that the page stays: as the browser's cache would give it back.
    await page.waitFor(() => {
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      return window.outcome;
    }, { what: "outcome" });

    const code = await page.evaluate(() => window.outcome.code);
    assert.equal(code, "redirectCancelled");
    // It may still be finished: the record ends by itself.
    assert.equal((await lab.flows()).length, 1);
  }, { siteOptions: { ...keepable, files: { ...keepable.files, "/oauth2/authorize": { status: 204 } } } });

  story("the back button brings a page that works", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave();
    await lab.arrived(/\/login\?/);
    await page.find("#username");

    await page.back();

    // Out of the browser's cache the call ends; a page that was loaded anew knows of none.
    const code = await page.waitFor(() => (window.isLeaving ? window.outcome?.code : document.readyState === "complete" && "none"), { what: "return" });
    assert.ok(["redirectCancelled", "none"].includes(code), code);
    if (code === "none") await lab.begin();
    assert.equal(await lab.take(), null);
    assert.equal((await lab.signIn()).user.username, "alice");
  }, { siteOptions: { ...siteOptions, ...keepable, files: { ...siteOptions.files, ...keepable.files } } });

  story("without a store the page is not left", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await page.evaluate(() => {
      Object.defineProperty(window, "localStorage", { configurable: true, get() { throw new DOMException("off", "SecurityError"); } });
    });

    const code = await page.evaluate(() => auth.signInWithRedirect().catch((error) => error.code));

    assert.equal(code, "storage");
    await page.evaluate(() => { delete window.localStorage; });
  });
});

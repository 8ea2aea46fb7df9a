// A bare page that signs in through the pool's domain, its bridge page, and a person at the managed login.
import assert from "node:assert/strict";
import { By } from "selenium-webdriver";
import { defaultPool } from "./lib/server.mjs";

export const password = "Correct-Horse-9!";

/** The application's bridge page, as docs/redirect.md has it. */
const bridge = {
  type: "text/html",
  body: `<!doctype html><html lang="en"><head><title>bridge</title><link rel="icon" href="data:,"></head><body><p>You can close this window.</p>
<script type="module">import { relay } from "/package/dist/bridge.js"; globalThis.relayed = relay();</script></body></html>`,
};

export const siteOptions = { files: { "/bridge.html": bridge } };

/* In the page: makes `auth` and takes a response, if there is one. */
async function begin(options) {
  const { createAuth } = await import("lifeguard-cognito");
  globalThis.auth = createAuth(options);
  globalThis.told = [];
  for (const name of ["signedIn", "signedOut", "refreshed"]) auth.on(name, () => told.push(name));
}

export class RedirectLab {
  #options;

  constructor({ page, server, site, engine }, options = {}) {
    Object.assign(this, { page, server, site, engine });
    const { oauth, ...rest } = options;
    this.#options = {
      ...defaultPool,
      endpoint: server.url,
      oauth: { domain: server.url, redirectUris: [`${site.url}/`], logoutUris: [`${site.url}/`], popupUri: `${site.url}/bridge.html`, ...oauth },
      ...rest,
    };
    page.secrets.add(password);
  }

  /** Registers the application's addresses and opens its page. */
  async open(path = "/") {
    await this.server.control("POST", "app-urls", { urls: [`${this.site.url}/`, `${this.site.url}/bridge.html`] });
    await this.page.open(path);
    await this.begin();
    return this.page;
  }

  /** Makes `auth` on a page that was just loaded. */
  begin = (tab = this.page, more = {}) => tab.evaluate(begin, { ...this.#options, ...more });

  /**
   * Leaves the page by a method of `auth`, for the managed login or whatever comes of it. By a plain script: one that is
   * waited for fails in a page that is gone before it ends.
   */
  async leave(method = "signInWithRedirect", input = {}, tab = this.page) {
    await tab.script(
      `window.isLeaving = true;
      window.left = auth[arguments[0]](arguments[1]).then((value) => ({ value }), ({ code, detail }) => ({ code, detail }));
      window.left.then((outcome) => { window.outcome = outcome; });`,
      method,
      input,
    );
  }

  /** Waits until the tab has loaded an address that fits, another page than the one that was left. */
  async arrived(pattern, tab = this.page, timeoutMs = 20_000) {
    const deadline = Date.now() + timeoutMs;
    // WebKit's driver gets no answer to a script whose page is gone meanwhile: it must not wait for long.
    await tab.driver.manage().setTimeouts({ script: 3_000 });
    try {
      for (;;) {
        const url = await tab.url().catch(() => "");
        const fits = pattern.test(url);
        if (fits && (await tab.script("return document.readyState === 'complete' && !window.isLeaving").catch(() => false))) return url;
        if (Date.now() > deadline) {
          const left = await tab.script("return window.outcome ?? null").catch(() => null);
          assert.fail(`still at ${url.split("?")[0]} (${JSON.stringify(left)})`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await tab.driver.manage().setTimeouts({ script: 60_000 });
    }
  }

  /** Where the application's own page is, with a response. */
  backHome = (tab = this.page) => this.arrived(new RegExp(`^${this.site.url}/\\?(.*&)?state=`), tab);

  /** Types a name and the password at the managed login. */
  async typeAtManagedLogin(username = "alice", tab = this.page) {
    await this.arrived(/\/login\?/, tab);
    await tab.fill(await tab.find("#username"), username);
    await tab.fill(await tab.find("#password"), password);
    await tab.click(await tab.find("#sign-in"));
  }

  /** Takes the response on the page that it arrived at; the result, or the error as data. */
  async handle(tab = this.page) {
    await this.begin(tab);
    return this.take(tab);
  }

  take = (tab = this.page) =>
    tab.evaluate(async () => {
      try {
        return await auth.handleRedirect();
      } catch ({ name, code, service, detail, redirect }) {
        return { error: { name, code, service, detail, redirect } };
      }
    });

  /** The whole way of a person of the pool. */
  async signIn(username = "alice", input = {}, tab = this.page) {
    await this.leave("signInWithRedirect", input, tab);
    await this.typeAtManagedLogin(username, tab);
    await this.backHome(tab);
    return this.handle(tab);
  }

  who = (tab = this.page) => tab.evaluate(async () => (await auth.user())?.username ?? null);

  /** Records of flows that wait in this browser. */
  flows = (tab = this.page) => tab.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("lifeguard.flow.")));

  counter = async (name) => (await this.server.counters())[name] ?? 0;
}

export { By };

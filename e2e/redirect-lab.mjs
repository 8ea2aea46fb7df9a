// A bare page that signs in through the pool's domain, its bridge page, and a person at the managed login.
import { By } from "selenium-webdriver";
import { arrived, backHome, leave } from "./lib/leaving.mjs";
import { defaultPool } from "./lib/server.mjs";

export const password = "Correct-Horse-9!";

/** The application's bridge page, as docs/redirect.md has it. */
const bridge = {
  type: "text/html",
  body: `<!doctype html><html lang="en"><head><title>bridge</title><link rel="icon" href="data:,"></head><body><p>You can close this window.</p>
<script type="module">import { relay } from "/package/dist/redirect/bridge.js"; globalThis.relayed = relay();</script></body></html>`,
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

  leave = (method = "signInWithRedirect", input = {}, tab = this.page) => leave(tab, method, input);
  arrived = (pattern, tab = this.page, timeoutMs) => arrived(tab, pattern, timeoutMs);
  backHome = (tab = this.page) => backHome(tab);

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

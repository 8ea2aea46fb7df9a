// A bare page that holds one `auth`, as many tabs of it as a story wants, and time that passes for all of them at once.
import { strict as assert } from "node:assert";
import { waitUntil } from "../scripts/lib/process.mjs";

export const password = "Correct-Horse-9!";

/** Pools of dev-server/default.toml by what matters to a session. */
export const pools = {
  plain: { userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" },
  rotating: { userPoolId: "eu-west-1_LifeGuardRotate", clientId: "lifeguardrotate0client0001" },
  forgiving: { userPoolId: "eu-west-1_LifeGuardRotate", clientId: "lifeguardrotate60client001" },
  brief: { userPoolId: "eu-west-1_LifeGuardRotate", clientId: "lifeguardbriefclient000001" },
  devices: { userPoolId: "eu-west-1_LifeGuardDevice", clientId: "lifeguarddeviceclient00001" },
};

/** Access tokens of these pools live an hour; a little more than that. */
export const anHour = 3_700;
/** More than any wait between two refreshes that failed. */
export const aWhile = 120;

/* In the page: makes `auth`, notes what it tells, and sets this tab's clock. */
async function begin(options, aheadMs) {
  const Real = globalThis.RealDate ?? Date;
  globalThis.RealDate = Real;
  globalThis.aheadMs = aheadMs;
  globalThis.Date = class Date extends Real {
    constructor(...values) {
      super(...(values.length > 0 ? values : [Real.now() + globalThis.aheadMs]));
    }
    static now() {
      return Real.now() + globalThis.aheadMs;
    }
  };
  const lifeguard = await import("lifeguard-cognito");
  const { madeBy, with: settings = [], ...rest } = options;
  const storage = madeBy ? lifeguard[madeBy](...settings) : globalThis.store;
  globalThis.auth = lifeguard.createAuth(storage ? { ...rest, storage } : rest);
  globalThis.told = [];
  const names = ["signedIn", "signedOut", "refreshed", "statusChanged", "userChanged"];
  for (const name of names) globalThis.auth.on?.(name, (event) => globalThis.told.push({ type: name, ...event }));
}

export class Lab {
  #ahead = 0;
  #options;

  /** @param {object} options of `createAuth`, beside pool and endpoint; `madeBy` and `with`: a store of the package. */
  constructor({ page, server, site }, pool, options = {}) {
    Object.assign(this, { page, server, site, pool, tabs: [] });
    this.#options = { ...pool, endpoint: server.url, ...options };
    page.secrets.add(password);
  }

  /** Opens the first tab, or another one. */
  async tab() {
    const tab = this.tabs.length === 0 ? await this.page.open("/") : await this.page.newTab("/");
    this.tabs.push(tab);
    await this.begin(tab);
    return tab;
  }

  /** Makes `auth` on a page that was just loaded. */
  begin = (tab) => tab.evaluate(begin, this.#options, this.#ahead * 1000);

  async reload(tab) {
    await tab.reload();
    await this.begin(tab);
  }

  /** A tab in which somebody is signed in. */
  async signedIn(username, input = {}) {
    const tab = await this.tab();
    await signIn(tab, username, input);
    return tab;
  }

  /** Lets time pass: at the pool and in every tab, whose timers do not notice. */
  async pass(seconds) {
    this.#ahead += seconds;
    await this.server.clock(this.#ahead);
    for (const tab of this.tabs) await setClock(tab, this.#ahead);
  }

  /** Runs something while the pool's server is down. */
  async withoutServer(run) {
    await this.server.stop();
    try {
      return await run();
    } finally {
      await this.server.start();
      await this.server.clock(this.#ahead);
    }
  }

  /** Waits until all tabs see what one of them has stored: browsers carry it to the others in their own time. */
  async settle(from) {
    const look = () => JSON.stringify(Object.entries(localStorage).filter(([key]) => key.startsWith("lifeguard.")).sort());
    const stored = await from.evaluate(look);
    for (const tab of this.tabs) await waitUntil(async () => (await tab.evaluate(look)) === stored, { what: "the other tab's storage" });
  }

  /** How often the pool was asked. */
  calls = async (operation = "GetTokensFromRefreshToken") => (await this.server.counters())[operation] ?? 0;

  /** What a tab's store has under the session's key. */
  record = (tab, store = "localStorage") =>
    tab.evaluate((name, key) => JSON.parse(globalThis[name].getItem(key)), store, `lifeguard.${this.pool.clientId}.session`);
}

/** `siteOptions` of a page that the back/forward cache may keep, and another page to go to. */
export const keepable = {
  headers: { "cache-control": "no-cache" },
  files: { "/elsewhere": { type: "text/html", body: "<!doctype html><html><head><title>elsewhere</title></head><body>elsewhere</body></html>" } },
};

/**
 * Prepares a page, goes elsewhere in its tab, has something happen meanwhile, and comes back. Whether a page is kept is
 * the browser's to choose, and short of memory it keeps none: then all is done again. A browser that does keep a page
 * without Lifeguard fails the story; for one that keeps none at all there is nothing to see: `false`, and it is skipped.
 */
export async function leaveAndComeBack({ lab, tab, t, prepare, meanwhile }) {
  let keepsOthers = false;
  for (let left = 4; left > 0; left -= 1) {
    await prepare();
    if (await leaveAndReturn(tab, "/elsewhere", meanwhile)) return true;
    t.diagnostic("the browser did not keep the page");
    await tab.open("/elsewhere");
    keepsOthers ||= await leaveAndReturn(tab, "/elsewhere?again", async () => {});
    await tab.open("/");
    await lab.begin(tab);
  }
  assert.ok(!keepsOthers, "the browser keeps other pages, and never kept the one with Lifeguard");
  t.skip("this browser kept no page at all in its back/forward cache");
  return false;
}

/** Goes to another page of the site and back; whether the page is the same one that was left. */
async function leaveAndReturn(tab, path, meanwhile) {
  await tab.evaluate(() => {
    globalThis.cameBack = false;
    addEventListener("pageshow", ({ persisted }) => { globalThis.cameBack = persisted; });
  });
  await tab.open(path);
  await meanwhile();
  await tab.back();
  await tab.waitFor(() => globalThis.cameBack || (globalThis.cameBack === undefined && document.readyState === "complete"), { what: "return" });
  return tab.evaluate(() => globalThis.cameBack === true);
}

/** Sets the clock of one tab only. */
export const setClock = (tab, seconds) => tab.evaluate((ms) => { globalThis.aheadMs = ms; }, seconds * 1000);

export async function signIn(tab, username, input = {}) {
  const result = await tab.evaluate((given) => auth.signIn(given), { username, password, ...input });
  assert.equal(result.status, "signedIn");
  return result;
}

/** An access token, `null` when nobody is signed in. */
export const token = (tab, options = {}) => tab.evaluate((given) => auth.getAccessToken(given), options);

/** Who is signed in. */
export const who = (tab) => tab.evaluate(async () => (await auth.user())?.username ?? null);

/** `auth.status` of a tab. */
export const status = (tab) => tab.evaluate(() => auth.status);

/** One more person of a pool, with the usual password. */
export async function addPerson(server, { userPoolId: UserPoolId }, Username) {
  await server.call("AdminCreateUser", { UserPoolId, Username, MessageAction: "SUPPRESS" });
  await server.call("AdminSetUserPassword", { UserPoolId, Username, Password: password, Permanent: true });
}

/** The error that a call ends with, as `{ code, retryable }`. */
export const failure = (tab, method = "getAccessToken") =>
  tab.evaluate(async (name) => {
    try {
      await auth[name]();
      return null;
    } catch ({ name: kind, code, retryable }) {
      return { kind, code, retryable };
    }
  }, method);

/** Claims of a token. */
export const claims = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url").toString());

/** What the tab's handlers were told so far, in order. */
export const told = (tab, type) => tab.evaluate((wanted) => globalThis.told.filter((event) => !wanted || event.type === wanted), type ?? null);

/** Waits until the tab's handlers were told something, and returns it. */
export const hears = (tab, type) =>
  tab.waitFor((wanted) => globalThis.told.find((event) => event.type === wanted), { args: [type], what: `event ${type}` });

/** Says to the page what the browser would say. */
export const dispatch = (tab, target, name) =>
  tab.evaluate((on, type) => globalThis[on].dispatchEvent(type === "pageshow" ? new PageTransitionEvent(type, { persisted: true }) : new Event(type)), target, name);

// Runs Lifeguard's journeys in Chromium against the local pool, and reports which files the browser loaded for each.
import { openBrowser } from "../../e2e/lib/browser.mjs";
import { Page } from "../../e2e/lib/page.mjs";
import { arrived } from "../../e2e/lib/leaving.mjs";
import { defaultPool, openServer } from "../../e2e/lib/server.mjs";
import { serve } from "../../scripts/lib/static.mjs";
import { bundlePage } from "./production.mjs";

export const user = { username: "alice", password: "Correct-Horse-9!" };

/** Access tokens of the pool live an hour. */
const lateSeconds = 3_700;

const html = "text/html; charset=utf-8";
const appPage = (bundle, settings, isLate, isForbidden) => `<!doctype html><html lang="en"><head><title>app</title><link rel="icon" href="data:,">
<script>globalThis.settings = ${JSON.stringify(settings)};${isLate ? ` { const now = Date.now; Date.now = () => now() + ${lateSeconds * 1000}; }` : ""}${isForbidden ? " delete globalThis.WebAssembly;" : ""}</script>
<script type="module" src="/${bundle.entry}"></script></head><body></body></html>`;

/** Serves an app on an origin of its own, with another app at /before, and notes what is asked for. */
async function openApp({ app, before, server, isLate, withoutWasm, isForbidden }) {
  const requested = new Set();
  let isCounted = true;
  const settings = { ...defaultPool, endpoint: server.url };
  const serveBundle = (bundle, note) =>
    Object.fromEntries(
      [...bundle.files].map(([name, { body, type }]) => [
        `/${name}`,
        () => {
          note?.(name);
          return withoutWasm && type === "application/wasm" ? { status: 404, type: html, body: "<!doctype html><title>not found</title>" } : { body, type };
        },
      ]),
    );
  const page = (bundle, late) => (request) => {
    const origin = `http://${request.headers.host}`;
    return { type: html, body: appPage(bundle, { ...settings, oauth: { domain: server.url, redirectUris: [`${origin}/`] } }, late, isForbidden) };
  };
  // Files that both apps have are served by the later entry, which notes them: forgotten when the journey begins.
  const site = await serve({
    files: {
      ...(before ? { ...serveBundle(before), "/before": page(before, false) } : {}),
      ...serveBundle(app, (name) => isCounted && requested.add(name)),
      "/": page(app, isLate),
      // The first authorized request: what is loaded after it does not count.
      "/api": ({ headers }) => {
        isCounted = false;
        return { status: /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(headers.authorization ?? "") ? 200 : 401 };
      },
    },
  });
  return { ...site, requested };
}

/** Calls a function of the app and resolves to what it resolves to. */
async function call(driver, name, ...args) {
  const { value, error } = await driver.executeAsyncScript(
    `const [name, args, done] = arguments;
    const go = () => (globalThis[name] ? Promise.resolve(globalThis[name](...args)).then((value) => done({ value: value instanceof Response ? value.ok : value }), (error) => done({ error: String(error?.code ?? error?.stack ?? error) })) : setTimeout(go, 20));
    go();`,
    name,
    args,
  );
  if (error) throw new Error(`${name}: ${error}`);
  return value;
}

/** Runs one journey, the wasm missing at its server or forbidden by the browser; the names of the files that were loaded. */
async function walk(driver, server, { journey, asks, isLate, leaves }, bundles, { withoutWasm, isForbidden } = {}) {
  const { app, before } = bundles;
  await server.reset();
  const site = await openApp({ app, before, server, isLate, withoutWasm, isForbidden });
  try {
    await driver.manage().setTimeouts({ script: 60_000 });
    if (before) {
      await driver.get(`${site.url}/before`);
      await call(driver, "journey", user);
      site.requested.clear();
    }
    if (isLate) await server.clock(lateSeconds);
    await driver.get(`${site.url}/`);
    if (leaves) await throughManagedLogin(driver, server, site);
    const earlier = await server.counters();
    if (!(await call(driver, "journey", user))) throw new Error("it ended without a result");
    const asked = Object.entries(await server.counters()).filter(([operation, times]) => times > (earlier[operation] ?? 0)).map(([operation]) => operation);
    if (asked.sort().join() !== [...asks].sort().join()) throw new Error(`the pool was asked for ${asked.join(", ") || "nothing"} instead of ${asks.join(", ") || "nothing"}`);
    return [...site.requested];
  } catch (error) {
    // Without its wasm a client may be unable to go on; what it tried to load is all that is asked here.
    if (withoutWasm) return [...site.requested];
    throw new Error(`journey ${journey}: ${error.message}`);
  } finally {
    await site.close();
  }
}

async function throughManagedLogin(driver, server, site) {
  await server.control("POST", "app-urls", { urls: [`${site.url}/`] });
  const page = new Page(driver, site, "chromium");
  await call(driver, "leave");
  await arrived(page, /\/login\?/);
  await page.fill(await page.find("#username"), user.username);
  await page.fill(await page.find("#password"), user.password);
  await page.click(await page.find("#sign-in"));
  await arrived(page, new RegExp(`^${site.url}/\\?(.*&)?code=`));
}

/**
 * @param {object[]} journeys of Lifeguard, see journeys.mjs.
 * @param {(text: string) => void} report progress.
 * @returns {Promise<{ version: string, loaded: Map<string, string[]>, onlyWithoutWasm: string[] }>} by journey, origins (see
 *   production.mjs) of the wasm and of the files loaded on demand; and those that a browser loads only where the wasm is missing.
 */
export async function walkJourneys(journeys, report) {
  const bundles = new Map();
  for (const { journey, source } of journeys) bundles.set(journey, await bundlePage(source));
  const server = await openServer();
  const browser = await openBrowser("chromium").catch(async (error) => {
    await server.close();
    throw error;
  });
  const originsOf = (bundle, names) => names.map((name) => bundle.files.get(name).origin).filter(Boolean).sort();
  const loaded = new Map();
  try {
    const version = (await browser.driver.getCapabilities()).get("browserVersion");
    for (const journey of journeys.filter(({ source }) => source.includes("globalThis.journey"))) {
      report(journey.journey);
      const app = bundles.get(journey.journey);
      const names = await walk(browser.driver, server, journey, { app, before: bundles.get(journey.before) });
      loaded.set(journey.journey, originsOf(app, names));
    }
    report("signIn, the wasm missing");
    const signIn = journeys.find(({ journey }) => journey === "signIn");
    const app = bundles.get("signIn");
    const missing = await walk(browser.driver, server, signIn, { app }, { withoutWasm: true });
    report("signIn, no WebAssembly in the browser");
    const forbidden = await walk(browser.driver, server, signIn, { app }, { isForbidden: true });
    const without = [...new Set(originsOf(app, [...missing, ...forbidden]))].sort();
    const usual = new Set([...loaded.values()].flat());
    return { version, loaded, onlyWithoutWasm: without.filter((origin) => !usual.has(origin)) };
  } finally {
    await browser.close();
    await server.close();
  }
}

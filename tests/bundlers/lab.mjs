// The packed package in a project as its users have it, and what a bundler makes of that in a real browser.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { missingReason, openBrowser } from "../../e2e/lib/browser.mjs";
import { Page } from "../../e2e/lib/page.mjs";
import { packedPackage, packedRoot } from "../../scripts/lib/pack.mjs";
import { serve } from "../../scripts/lib/static.mjs";

const engine = "chromium";
const missing = missingReason(engine);

/** Why these tests do not run; where everything is expected to be there they run, and fail. */
export const skip = missing && process.env.CI !== "true" ? missing : false;

/** Every entry of the package, the two that need the core each with a call that only the core can end. */
export const source = `
  import { createAuth } from "lifeguard-cognito";
  import { createAdmin } from "lifeguard-cognito/admin";
  import { relay } from "lifeguard-cognito/bridge";
  import { JwtError, verifyJwt } from "lifeguard-cognito/verify";
  const pool = { userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" };
  const refuses = (call, isRight) => call.then(() => { throw new Error("not refused"); }, (error) => { if (!isRight(error)) throw error; });
  const admin = createAdmin({ userPoolId: pool.userPoolId, credentials: { accessKeyId: "A", secretAccessKey: "s" } });
  const auth = createAuth(pool);
  Promise.all([
    auth.preload(),
    auth.session({ forceRefresh: true }),
    // By the core, before anything is sent: the administrators' entry finds the same WebAssembly.
    refuses(admin.listUsersPage({ filter: {} }), ({ code }) => code === "misuse"),
    refuses(verifyJwt("none", { ...pool, tokenUse: "access" }), (error) => error instanceof JwtError),
    relay().then((isTaken) => { if (isTaken) throw new Error("nothing was there to take"); }),
  ]).then(() => "loaded", (error) => error.code + " " + (error.detail ?? error.cause ?? error)).then((text) => { document.body.textContent = text; });`;

/** A page that runs one script. */
export const html = (script, kind = "module") =>
  `<!doctype html><html lang="en"><head><title>bundled</title><link rel="icon" href="data:,"></head><body>waiting<script type="${kind}" src="${script}"></script></body></html>`;

let browser;

/** To be called once by each file of tests. */
export function useBrowser() {
  before(async () => {
    if (!missing) browser = await openBrowser(engine);
  });
  after(() => browser?.close());
}

/** A project with the package among its own modules, and nothing that sets a bundler up. */
export function project(name) {
  const folder = join(packedRoot, `bundler-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(packedPackage, join(folder, "node_modules", "lifeguard-cognito"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  // Some bundlers look for the project's root by it.
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages: {} }));
  writeFileSync(join(folder, "main.js"), source);
  return folder;
}

/**
 * Opens a page and sees that it has its core, with WebAssembly and without; returns how many files of WebAssembly it got:
 * 0 where it came as text.
 */
export async function seeLoaded(address) {
  const { driver } = browser;
  const page = new Page(driver, { url: address, console: [] }, engine);
  const forbidden = await driver.sendAndGetDevToolsCommand("Page.addScriptToEvaluateOnNewDocument", { source: "delete globalThis.WebAssembly" });
  await page.open("/");
  await page.see(/^(?!waiting)\S/);
  assert.deepEqual([await page.text(), await page.script("return typeof WebAssembly")], ["loaded", "undefined"]);
  await driver.sendDevToolsCommand("Page.removeScriptToEvaluateOnNewDocument", forbidden);

  await page.open("/");
  await page.see(/^(?!waiting)\S/);
  assert.equal(await page.text(), "loaded");
  // A page of HTML in the file's place is smaller.
  return page.script("return performance.getEntriesByType('resource').filter(({ name, decodedBodySize }) => new URL(name).pathname.endsWith('.wasm') && decodedBodySize > 50_000).length");
}

/** Serves what a bundler made and opens it, as `seeLoaded` does. */
export async function seeBundle(folder, script, kind) {
  const out = join(folder, "out");
  if (!existsSync(join(out, "index.html"))) writeFileSync(join(out, "index.html"), html(script, kind));
  const site = await serve({ mounts: { "/": out } });
  try {
    return await seeLoaded(site.url);
  } finally {
    await site.close();
  }
}

export const wasmFiles = (folder) => readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".wasm"));

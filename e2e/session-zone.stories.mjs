// zone.js, which Angular applications load: it waits for timers, and looks for changes where handlers run.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { packedPackage } from "../scripts/lib/pack.mjs";
import { stories } from "./lib/stories.mjs";
import { anHour, Lab, password, pools } from "./session-lab.mjs";

const zoneJs = readFileSync(new URL("./node_modules/zone.js/bundles/zone.umd.min.js", import.meta.url), "utf8");

/** The package as Angular's build makes it: zone.js cannot see into async functions, which become generators. */
async function forAngular() {
  const { outputFiles } = await build({
    entryPoints: [join(packedPackage, "dist/index.js")], outdir: "/", write: false, bundle: true, splitting: true, format: "esm", target: "es2022",
    supported: { "async-await": false, "async-generator": false, "for-await": false }, logLevel: "error",
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [`/angular/${basename(path)}`, { type: "text/javascript", body: text }]));
}

/* In the page: loads zone.js, and makes a zone as an application has one. */
async function enterZone() {
  await new Promise((resolve, reject) => document.head.append(Object.assign(document.createElement("script"), { src: "/zone.js", onload: resolve, onerror: reject })));
  globalThis.isBusy = false;
  globalThis.zone = Zone.root.fork({
    name: "app",
    onHasTask(delegate, current, target, state) {
      delegate.hasTask(target, state);
      if (state.change === "macroTask") globalThis.isBusy = state.macroTask;
    },
  });
}

/* In the page: signs in from within the zone, by the package for Angular. */
async function signInWithin({ options, password }) {
  const { createAuth } = await import("/angular/index.js");
  globalThis.zone.run(() => {
    globalThis.auth = createAuth(options);
    auth.on("refreshed", () => { globalThis.ranIn = Zone.current.name; });
    auth.signIn({ username: "alice", password }).then(({ status }) => { globalThis.signedIn = status; });
  });
}

const siteOptions = { files: { "/zone.js": { type: "text/javascript", body: zoneJs }, ...(await forAngular()) } };

stories("zone.js", { site: "bare", siteOptions }, (story) => {
  story("a page whose session will be refreshed becomes stable, and handlers run in the zone that they were given in", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();
    await tab.evaluate(enterZone);
    await tab.evaluate(signInWithin, { options: { ...pools.plain, endpoint: world.server.url }, password });
    await tab.waitFor(() => globalThis.signedIn, { what: "sign-in" });

    await tab.waitFor(() => !globalThis.isBusy, { what: "a stable page", timeoutMs: 20_000 });
    await lab.pass(anHour);
    await tab.evaluate(() => globalThis.zone.run(() => document.dispatchEvent(new Event("visibilitychange"))));
    assert.equal(await tab.waitFor(() => globalThis.ranIn, { what: "refresh" }), "app");

    await tab.waitFor(() => !globalThis.isBusy, { what: "a stable page", timeoutMs: 20_000 });
  });
});

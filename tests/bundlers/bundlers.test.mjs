// The packed package through other people's bundlers, as their users have it, loaded in a real browser.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { missingReason, openBrowser } from "../../e2e/lib/browser.mjs";
import { Page } from "../../e2e/lib/page.mjs";
import { packedPackage, packedRoot } from "../../scripts/lib/pack.mjs";
import { serve } from "../../scripts/lib/static.mjs";

const engine = "chromium";
const missing = missingReason(engine);
const skip = missing && process.env.CI !== "true" ? missing : false;

const source = `
  import { createAuth } from "lifeguard-cognito";
  import { createAdmin } from "lifeguard-cognito/admin";
  const admin = createAdmin({ userPoolId: "eu-west-1_LifeGuard", credentials: { accessKeyId: "A", secretAccessKey: "s" } });
  // Refused by the core before anything is sent: the administrators' entry finds the same WebAssembly.
  const refused = admin.listUsersPage({ filter: {} }).then(() => { throw new Error("not refused"); }, (error) => { if (error.code !== "misuse") throw error; });
  const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
  Promise.all([refused, auth.preload(), auth.session({ forceRefresh: true })]).then(() => "loaded", (error) => error.code + " " + (error.detail ?? error.cause ?? "")).then((text) => { document.body.textContent = text; });`;
const html = (script) => `<!doctype html><html lang="en"><head><title>bundled</title><link rel="icon" href="data:,"></head><body>waiting<script type="module" src="${script}"></script></body></html>`;

let browser;
before(async () => {
  if (!missing) browser = await openBrowser(engine);
});
after(() => browser?.close());

/** A project beside the packed package, so that its name is found there and nowhere else. */
function project(name) {
  const folder = join(packedRoot, `bundler-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(join(folder, "main.js"), source);
  return folder;
}

async function seeLoaded(address) {
  const page = await new Page(browser.driver, { url: address, console: [] }, engine).open("/");
  await page.see(/loaded|wasm|misuse|internal/);
  assert.equal(await page.text(), "loaded");
}

/** Serves what a bundler made and opens it. */
async function seeBundle(folder, script) {
  const out = join(folder, "out");
  if (!existsSync(join(out, "index.html"))) writeFileSync(join(out, "index.html"), html(script));
  const site = await serve({ mounts: { "/": out } });
  try {
    await seeLoaded(site.url);
  } finally {
    await site.close();
  }
}

const wasmFiles = (folder) => readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".wasm"));

test("vite builds it as it is", { skip }, async () => {
  const folder = project("vite");
  writeFileSync(join(folder, "index.html"), html("/main.js"));
  const { build } = await import("vite");

  await build({ root: folder, configFile: false, logLevel: "error", build: { outDir: "out" } });

  assert.equal(wasmFiles(join(folder, "out")).length, 1);
  await seeBundle(folder);
});

test("vite serves it in development, pre-bundled", { skip }, async () => {
  const folder = project("vite-dev");
  writeFileSync(join(folder, "index.html"), html("/main.js"));
  const { createServer } = await import("vite");
  const server = await createServer({
    root: folder, configFile: false, logLevel: "error", cacheDir: join(folder, ".vite"),
    server: { host: "127.0.0.1", port: 0, fs: { allow: [packedRoot] } },
  });
  await server.listen();

  try {
    await seeLoaded(`http://127.0.0.1:${server.httpServer.address().port}`);
  } finally {
    await server.close();
  }
});

test("webpack builds it as it is", { skip }, async () => {
  const folder = project("webpack");
  const { default: webpack } = await import("webpack");

  const stats = await new Promise((resolve, reject) => {
    webpack({ mode: "production", context: folder, entry: "./main.js", output: { path: join(folder, "out"), filename: "bundle.js" }, performance: { hints: false } })
      .run((error, result) => (error ? reject(error) : resolve(result)));
  });

  assert.equal(stats.hasErrors() || stats.hasWarnings(), false, stats.toString());
  assert.equal(wasmFiles(join(folder, "out")).length, 1);
  await seeBundle(folder, "/bundle.js");
});

test("rollup builds it with the plugin for assets by address", { skip }, async () => {
  const folder = project("rollup");
  const [{ rollup }, { nodeResolve }, { importMetaAssets }] = await Promise.all([
    import("rollup"), import("@rollup/plugin-node-resolve"), import("@web/rollup-plugin-import-meta-assets"),
  ]);

  const bundle = await rollup({ input: join(folder, "main.js"), plugins: [nodeResolve({ browser: true }), importMetaAssets()] });
  await bundle.write({ dir: join(folder, "out"), format: "esm" });
  await bundle.close();

  assert.equal(wasmFiles(join(folder, "out")).length, 1);
  await seeBundle(folder, "/main.js");
});

test("esbuild builds it; the wasm is copied beside the bundle", { skip }, async () => {
  const folder = project("esbuild");
  const { build } = await import("esbuild");

  await build({ entryPoints: [join(folder, "main.js")], bundle: true, minify: true, format: "esm", outdir: join(folder, "out"), logLevel: "error" });
  for (const name of wasmFiles(join(packedPackage, "dist"))) copyFileSync(join(packedPackage, "dist", name), join(folder, "out", name));

  await seeBundle(folder, "/main.js");
});

test("esbuild builds it as it is: the wasm comes as text", { skip }, async () => {
  for (const format of ["esm", "iife"]) {
    const folder = project(`esbuild-${format}`);
    const { build } = await import("esbuild");

    await build({ entryPoints: [join(folder, "main.js")], bundle: true, minify: true, format, outdir: join(folder, "out"), logLevel: "error" });

    await seeBundle(folder, "/main.js");
  }
});

test("rollup builds it without a plugin for assets: the wasm comes as text", { skip }, async () => {
  const folder = project("rollup-bare");
  const [{ rollup }, { nodeResolve }] = await Promise.all([import("rollup"), import("@rollup/plugin-node-resolve")]);

  const bundle = await rollup({ input: join(folder, "main.js"), plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir: join(folder, "out"), format: "esm" });
  await bundle.close();

  await seeBundle(folder, "/main.js");
});

test("esbuild builds it with the wasm named by its own export", { skip }, async () => {
  const folder = project("esbuild-named");
  writeFileSync(join(folder, "main.js"), `import wasm from "lifeguard-cognito/wasm";${source.replace("clientId:", "wasm, clientId:").replace("credentials:", "wasm, credentials:")}`);
  const { build } = await import("esbuild");

  await build({ entryPoints: [join(folder, "main.js")], bundle: true, minify: true, format: "esm", outdir: join(folder, "out"), loader: { ".wasm": "file" }, logLevel: "error" });

  assert.equal(wasmFiles(join(folder, "out")).length, 1);
  await seeBundle(folder, "/main.js");
});

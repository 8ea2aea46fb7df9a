// esbuild, which neither copies nor rewrites the file's address: as it is, and with what the docs say on serving the file.
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packedPackage } from "../../scripts/lib/pack.mjs";
import { project, seeBundle, skip, source, useBrowser, wasmFiles } from "./lab.mjs";

useBrowser();

test("esbuild builds it as it is, in its default format for pages: the wasm comes as text", { skip }, async () => {
  const folder = project("esbuild-default");

  await build(folder, {});

  assert.equal(wasmFiles(join(folder, "out")).length, 0);
  assert.equal(await seeBundle(folder, "/main.js", "text/javascript"), 0);
});

test("esbuild builds it as a module: the wasm comes as text", { skip }, async () => {
  const folder = project("esbuild-esm");

  await build(folder, { format: "esm" });

  assert.equal(await seeBundle(folder, "/main.js"), 0);
});

test("esbuild builds it; the wasm is copied to the folder above the bundle", { skip }, async () => {
  const folder = project("esbuild");

  await build(folder, { format: "esm", outdir: join(folder, "out/assets") });
  copyFileSync(join(packedPackage, "dist/lifeguard_bg.wasm"), join(folder, "out/lifeguard_bg.wasm"));

  assert.equal(await seeBundle(folder, "/assets/main.js"), 1);
});

test("esbuild builds it with the wasm named by its own export", { skip }, async () => {
  const folder = project("esbuild-named");
  writeFileSync(join(folder, "main.js"), `import wasm from "lifeguard-cognito/wasm";${source.replace("createAuth(pool)", "createAuth({ ...pool, wasm })").replace("credentials:", "wasm, credentials:")}`);

  await build(folder, { format: "esm", loader: { ".wasm": "file" } });

  assert.equal(await seeBundle(folder, "/main.js"), 1);
});

async function build(folder, options) {
  const { build } = await import("esbuild");
  // `import.meta` is empty in the default format, and esbuild says so.
  await build({ entryPoints: [join(folder, "main.js")], bundle: true, minify: true, outdir: join(folder, "out"), logLevel: "error", ...options });
}

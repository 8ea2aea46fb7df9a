// Rollup, which takes nothing but modules: with a plugin for the package's name, and with one more for assets.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { project, seeBundle, skip, useBrowser, wasmFiles } from "./lab.mjs";

useBrowser();

test("rollup builds it with the plugin for assets by address", { skip }, async () => {
  const folder = project("rollup");
  const { importMetaAssets } = await import("@web/rollup-plugin-import-meta-assets");

  await build(folder, [importMetaAssets()]);

  assert.equal(wasmFiles(join(folder, "out")).length, 1);
  assert.equal(await seeBundle(folder, "/main.js"), 1);
});

test("rollup builds it without a plugin for assets: the wasm comes as text", { skip }, async () => {
  const folder = project("rollup-bare");

  await build(folder, []);

  assert.equal(wasmFiles(join(folder, "out")).length, 0);
  assert.equal(await seeBundle(folder, "/main.js"), 0);
});

async function build(folder, plugins) {
  const [{ rollup }, { nodeResolve }] = await Promise.all([import("rollup"), import("@rollup/plugin-node-resolve")]);
  const bundle = await rollup({ input: join(folder, "main.js"), plugins: [nodeResolve({ browser: true }), ...plugins] });
  await bundle.write({ dir: join(folder, "out"), format: "esm" });
  await bundle.close();
}

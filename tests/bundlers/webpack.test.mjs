// webpack 5 with no configuration but an entry and a place to write to.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { project, seeBundle, skip, useBrowser, wasmFiles } from "./lab.mjs";

useBrowser();

test("webpack builds it as it is", { skip }, async () => {
  const folder = project("webpack");
  const { default: webpack } = await import("webpack");

  const stats = await new Promise((resolve, reject) => {
    webpack({ mode: "production", context: folder, entry: "./main.js", output: { path: join(folder, "out"), filename: "bundle.js" }, performance: { hints: false } })
      .run((error, result) => (error ? reject(error) : resolve(result)));
  });

  assert.equal(stats.hasErrors() || stats.hasWarnings(), false, stats.toString());
  assert.equal(wasmFiles(join(folder, "out")).length, 1);
  assert.equal(await seeBundle(folder, "/bundle.js"), 1);
});

// Vite, each version in use, with no configuration: its production build and its development server.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { html, project, seeBundle, seeLoaded, skip, useBrowser, wasmFiles } from "./lab.mjs";

useBrowser();

for (const [version, name] of [[5, "vite5"], [6, "vite6"], [7, "vite7"], [8, "vite"]]) {
  test(`vite ${version} builds it as it is`, { skip }, async () => {
    const folder = project(name);
    writeFileSync(join(folder, "index.html"), html("/main.js"));
    const { build } = await vite(name, version);

    await build({ root: folder, configFile: false, logLevel: "error", build: { outDir: "out" } });

    assert.equal(wasmFiles(join(folder, "out")).length, 1);
    assert.equal(await seeBundle(folder), 1);
  });

  test(`vite ${version} serves it in development, pre-bundled`, { skip }, async () => {
    const folder = project(`${name}-dev`);
    writeFileSync(join(folder, "index.html"), html("/main.js"));
    const { createServer } = await vite(name, version);
    const server = await createServer({ root: folder, configFile: false, logLevel: "error", server: { host: "127.0.0.1", port: 0 } });
    await server.listen();

    try {
      const files = await seeLoaded(`http://127.0.0.1:${server.httpServer.address().port}`);
      assert.equal(files, version < 8 ? 0 : 1, "before Vite 8, pre-bundling loses the file: it comes as text");
      const { optimized } = JSON.parse(readFileSync(join(folder, "node_modules/.vite/deps/_metadata.json"), "utf8"));
      assert.ok(optimized["lifeguard-cognito"], "pre-bundled, as for everybody");
    } finally {
      await server.close();
    }
  });
}

/** The version that the name in package.json stands for. */
async function vite(name, version) {
  const vite = await import(name);
  assert.equal(vite.version.split(".")[0], String(version));
  return vite;
}

#!/usr/bin/env node
// Known answers through the core as WebAssembly: in node, or in a real browser.
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { done, elapsed, fail } from "./lib/log.mjs";
import { pack } from "./lib/pack.mjs";
import { at, distDir } from "./lib/paths.mjs";
import { openCore, openJavascript, runVectors } from "./lib/vector-runner.mjs";
import { buildVectors, vectorsFiles } from "./lib/wasm.mjs";
import { setup } from "./setup.mjs";

const help = `
npm run vectors -- [FILE] [--engine node|chromium|firefox|webkit] [--without-wasm] [--no-build]

Runs every vector of FILE (default tests/vectors/srp_vectors.json; any file of that form) through the core of the
package as WebAssembly: the sources and the flags of its sign-in module, built once more with an operation that tells
every symbol of a handshake, which no package has. Ends with status 1 at the first difference and names the vector and
the symbol.
  --engine NAME   where it runs (default node)
  --without-wasm  the core as JavaScript instead, with the arithmetic by BigInt
  --no-build      takes package and module as they were built last
`;

const engines = ["node", "chromium", "firefox", "webkit"];

async function inNode(file, isWithoutWasm) {
  const { glue, wasm, javascript } = vectorsFiles();
  if (isWithoutWasm) {
    const folder = mkdtempSync(join(tmpdir(), "lifeguard-vectors-"));
    try {
      cpSync(distDir, folder, { recursive: true });
      copyFileSync(javascript, join(folder, "core/wasm2js.js"));
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      const part = (name) => import(pathToFileURL(join(folder, name)).href);
      return await runVectors(openJavascript(await part("lifeguard.js"), await part("core/without-wasm.js")), file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return runVectors(await openCore(await import(pathToFileURL(glue).href), readFileSync(wasm)), file);
}

async function inBrowser(engine, file, isWithoutWasm) {
  const { missingReason, openBrowser } = await import("../e2e/lib/browser.mjs");
  const { openSite } = await import("../e2e/lib/site.mjs");
  const { Page } = await import("../e2e/lib/page.mjs");
  const missing = missingReason(engine);
  if (missing) throw new Error(missing);
  const { glue, wasm, javascript } = vectorsFiles();
  const site = await openSite("empty", {
    files: {
      "/vectors.json": { body: JSON.stringify(file) },
      "/core.js": { body: readFileSync(glue) },
      "/core.wasm": { body: readFileSync(wasm) },
      "/package/dist/core/wasm2js.js": { body: readFileSync(javascript) },
      "/runner.js": { body: readFileSync(new URL("./lib/vector-runner.mjs", import.meta.url)) },
    },
  });
  const browser = await openBrowser(engine);
  try {
    await browser.driver.manage().setTimeouts({ script: 600_000 });
    const page = await new Page(browser.driver, site, engine).open("/");
    return await page.evaluate(async (isWithoutWasm) => {
      const { openCore: open, openJavascript: openWithout, runVectors: run } = await import("/runner.js");
      if (isWithoutWasm) {
        delete globalThis.WebAssembly;
        const [glue, part, vectors] = await Promise.all([
          import("/package/dist/lifeguard.js"),
          import("/package/dist/core/without-wasm.js"),
          fetch("/vectors.json").then((response) => response.json()),
        ]);
        return run(openWithout(glue, part), vectors);
      }
      const [glue, bytes, vectors] = await Promise.all([
        import("/core.js"),
        fetch("/core.wasm").then((response) => response.arrayBuffer()),
        fetch("/vectors.json").then((response) => response.json()),
      ]);
      return run(await open(glue, bytes), vectors);
    }, isWithoutWasm);
  } finally {
    await browser.close();
    await site.close();
  }
}

try {
  const { values, positionals } = readArgs(
    help,
    { engine: { type: "string", default: "node" }, "no-build": { type: "boolean" }, "without-wasm": { type: "boolean", default: false } },
    { allowPositionals: true },
  );
  const { engine, "without-wasm": isWithoutWasm } = values;
  if (!engines.includes(engine)) throw new Error(`--engine ${engine}: must be one of ${engines.join(", ")}`);
  const path = positionals[0] ? resolve(process.env.INIT_CWD ?? ".", positionals[0]) : at("tests/vectors/srp_vectors.json");
  const file = JSON.parse(readFileSync(path, "utf8"));
  if (!values["no-build"]) {
    await setup(engine === "node" ? "build" : "test");
    await buildVectors();
    if (isWithoutWasm || engine !== "node") {
      await build();
      await pack();
    }
  }
  const result = engine === "node" ? await inNode(file, isWithoutWasm) : await inBrowser(engine, file, isWithoutWasm);
  if (result.difference) throw new Error(`${engine}: ${result.difference}`);
  for (const note of result.notes) console.log(`  ${note}`);
  done(`${result.checked} known answers agree in ${engine}, by the core of the package${isWithoutWasm ? " as JavaScript," : ""} built with srpVector (${elapsed()})`);
} catch (error) {
  fail(error);
}

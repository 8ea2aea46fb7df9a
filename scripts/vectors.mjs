#!/usr/bin/env node
// Known answers through the core as WebAssembly: in node, or in a real browser.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readArgs } from "./lib/args.mjs";
import { done, elapsed, fail } from "./lib/log.mjs";
import { at } from "./lib/paths.mjs";
import { openCore, runVectors } from "./lib/vector-runner.mjs";
import { buildVectors, vectorsFiles } from "./lib/wasm.mjs";
import { setup } from "./setup.mjs";

const help = `
npm run vectors -- [FILE] [--engine node|chromium|firefox|webkit] [--no-build]

Runs every vector of FILE (default tests/vectors/srp_vectors.json; any file of that form) through the core of the
package as WebAssembly: the sources and the flags of its sign-in module, built once more with an operation that tells
every symbol of a handshake, which no package has. Ends with status 1 at the first difference and names the vector and
the symbol.
  --engine NAME  where the wasm runs (default node)
  --no-build     takes that module as it was built last
`;

const engines = ["node", "chromium", "firefox", "webkit"];

async function inNode(file) {
  const { glue, wasm } = vectorsFiles();
  return runVectors(await openCore(await import(pathToFileURL(glue).href), readFileSync(wasm)), file);
}

async function inBrowser(engine, file) {
  const { missingReason, openBrowser } = await import("../e2e/lib/browser.mjs");
  const { openSite } = await import("../e2e/lib/site.mjs");
  const { Page } = await import("../e2e/lib/page.mjs");
  const missing = missingReason(engine);
  if (missing) throw new Error(missing);
  const { glue, wasm } = vectorsFiles();
  const site = await openSite("empty", {
    files: {
      "/vectors.json": { body: JSON.stringify(file) },
      "/core.js": { body: readFileSync(glue) },
      "/core.wasm": { body: readFileSync(wasm) },
      "/runner.js": { body: readFileSync(new URL("./lib/vector-runner.mjs", import.meta.url)) },
    },
  });
  const browser = await openBrowser(engine);
  try {
    await browser.driver.manage().setTimeouts({ script: 600_000 });
    const page = await new Page(browser.driver, site, engine).open("/");
    return await page.evaluate(async () => {
      const [glue, { openCore: open, runVectors: run }, bytes, vectors] = await Promise.all([
        import("/core.js"),
        import("/runner.js"),
        fetch("/core.wasm").then((response) => response.arrayBuffer()),
        fetch("/vectors.json").then((response) => response.json()),
      ]);
      return run(await open(glue, bytes), vectors);
    });
  } finally {
    await browser.close();
    await site.close();
  }
}

try {
  const { values, positionals } = readArgs(
    help,
    { engine: { type: "string", default: "node" }, "no-build": { type: "boolean" } },
    { allowPositionals: true },
  );
  const { engine } = values;
  if (!engines.includes(engine)) throw new Error(`--engine ${engine}: must be one of ${engines.join(", ")}`);
  const path = positionals[0] ? resolve(process.env.INIT_CWD ?? ".", positionals[0]) : at("tests/vectors/srp_vectors.json");
  const file = JSON.parse(readFileSync(path, "utf8"));
  if (!values["no-build"]) {
    await setup(engine === "node" ? "build" : "test");
    await buildVectors();
  }
  const result = engine === "node" ? await inNode(file) : await inBrowser(engine, file);
  if (result.difference) throw new Error(`${engine}: ${result.difference}`);
  for (const note of result.notes) console.log(`  ${note}`);
  done(`${result.checked} known answers agree in ${engine}, by the core of the package built with srpVector (${elapsed()})`);
} catch (error) {
  fail(error);
}

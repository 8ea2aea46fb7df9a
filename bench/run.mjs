#!/usr/bin/env node
// Handshakes of all clients side by side, in real browsers.
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../scripts/build.mjs";
import { readArgs } from "../scripts/lib/args.mjs";
import { pack } from "../scripts/lib/pack.mjs";
import { buildVectors, vectorsFiles } from "../scripts/lib/wasm.mjs";
import { setup } from "../scripts/setup.mjs";
import { machine, summarize, table } from "./lib/results.mjs";

const help = `
npm run bench -- [--engine NAME]... [--rounds N] [--only NAME,NAME] [--kernel FILE] [--out FILE] [--no-build] [--serve]

Serves one page that has Lifeguard's packed package, its core once more with a call for the arithmetic alone, and every
other Cognito client's package; runs the arithmetic of a sign-in by each of them, interleaved on the same random input,
in Chromium, Firefox and WebKit, prints a table for each and writes bench/results/handshake.json. Every implementation's answer is checked against the server's side of SRP first.
  --engine NAME   only this engine (chromium, firefox, webkit); may be repeated
  --rounds N      samples of each implementation (default 11)
  --only A,B      only these implementations
  --kernel FILE   the arithmetic kernel alone instead of the package: the wasm of modexp's example "kernel"
  --out FILE      where the rows go (default bench/results/handshake.json)
  --no-build      takes the package, and its core with a call for the arithmetic alone, as they were built last
  --serve         only serves the page, to be opened in a browser of one's own
`;

const engines = ["chromium", "firefox", "webkit"];
const { values } = readArgs(help, {
  engine: { type: "string", multiple: true, default: engines },
  rounds: { type: "string", default: "11" },
  only: { type: "string" },
  kernel: { type: "string" },
  out: { type: "string", default: fileURLToPath(new URL("./results/handshake.json", import.meta.url)) },
  "no-build": { type: "boolean" },
  serve: { type: "boolean" },
});

/** Everything this run needs, on a fresh machine too. */
async function prepare() {
  await setup("bench");
  if (values.kernel || values["no-build"]) return;
  await build();
  await pack();
  await buildVectors();
}

async function measureIn(engine, site, openBrowser) {
  const query = new URLSearchParams({ rounds: values.rounds, ...(values.only ? { only: values.only } : {}), ...(values.kernel ? { kernel: "" } : {}) });
  const browser = await openBrowser(engine);
  try {
    await browser.driver.manage().setTimeouts({ script: 900_000 });
    await browser.driver.get(`${site.url}/?${query}`);
    const answer = await browser.driver.executeAsyncScript(
      `const done = arguments[0];
      const go = () => (globalThis.bench ? bench.run().then((rows) => done({ rows }), (error) => done({ error: String(error?.stack ?? error) })) : setTimeout(go, 20));
      go();`,
    );
    if (answer.error) throw new Error(`${engine}: ${answer.error}`);
    const capabilities = await browser.driver.getCapabilities();
    return { rows: answer.rows, version: capabilities.get("browserVersion") };
  } finally {
    await browser.close();
  }
}

async function main() {
  const unknown = values.engine.filter((engine) => !engines.includes(engine));
  if (unknown.length > 0) throw new Error(`--engine ${unknown[0]}: must be one of ${engines.join(", ")}`);
  await prepare();
  const { missingReason, openBrowser } = await import("../e2e/lib/browser.mjs");
  const { openBenchSite } = await import("./lib/site.mjs");
  const port = values.serve ? 9330 : 0;
  const site = await openBenchSite(values.kernel ? { kernel: resolve(process.env.INIT_CWD ?? ".", values.kernel), port } : { core: vectorsFiles(), port });
  if (values.serve) {
    console.log(`${site.url}/${values.kernel ? "?kernel" : ""}`);
    return;
  }
  const reference = values.kernel ? "lifeguard-kernel" : "lifeguard";
  const results = { about: "npm run bench: arithmetic of one SRP handshake, milliseconds", machine: machine(), versions: {}, skipped: [], rows: [] };
  try {
    for (const engine of values.engine) {
      const missing = missingReason(engine);
      if (missing) {
        console.error(`SKIPPED ${missing}`);
        results.skipped.push(engine);
        if (process.env.CI === "true") process.exitCode = 1;
        continue;
      }
      const { rows, version } = await measureIn(engine, site, openBrowser);
      const summary = summarize(engine, rows, reference);
      results.versions[engine] = version;
      results.rows.push(...summary);
      console.log(`\n${engine} ${version}: milliseconds; ratio to ${reference}\n${table(summary)}`);
    }
  } finally {
    await site.close();
  }
  mkdirSync(resolve(values.out, ".."), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nwritten: ${values.out}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

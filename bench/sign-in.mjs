#!/usr/bin/env node
// Sign-in as a person feels it: from the click to the tokens, against a pool that is 100 ms away.
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../scripts/build.mjs";
import { readArgs } from "../scripts/lib/args.mjs";
import { buildDevServer } from "../scripts/lib/dev-server.mjs";
import { pack } from "../scripts/lib/pack.mjs";
import { setup } from "../scripts/setup.mjs";
import { columns, machine, quantile } from "./lib/results.mjs";

const help = `
npm run bench:sign-in -- [--engine NAME]... [--rounds N] [--delay MS] [--out FILE] [--no-build]

Signs one person in with Lifeguard and with the other clients, interleaved, against the dev-server with every reply
delayed, and prints the time from the click to the tokens, and the longest time that the page's main thread was kept
from anything else meanwhile. In Chromium also with the processor slowed down 6 times, and the time that the wasm
takes to compile and instantiate. Writes bench/results/sign-in.json.
  --engine NAME  only this engine (chromium, firefox, webkit); may be repeated
  --rounds N     sign-ins of each client (default 9)
  --delay MS     delay of each reply (default 100)
  --out FILE     where the rows go (default bench/results/sign-in.json)
  --no-build     takes package and dev-server as they were built last
`;

const engines = ["chromium", "firefox", "webkit"];
const { values } = readArgs(help, {
  engine: { type: "string", multiple: true, default: engines },
  rounds: { type: "string", default: "9" },
  delay: { type: "string", default: "100" },
  out: { type: "string", default: fileURLToPath(new URL("./results/sign-in.json", import.meta.url)) },
  "no-build": { type: "boolean" },
});

const person = { username: "alice", password: "Correct-Horse-9!" };

/** Calls a function of the page and returns what it resolves to. */
async function call(driver, name, ...args) {
  const { value, error } = await driver.executeAsyncScript(
    `const [name, args, done] = arguments;
    const go = () => (globalThis.bench ? bench[name](...args).then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) })) : setTimeout(go, 20));
    go();`,
    name,
    args,
  );
  if (error) throw new Error(`${name}: ${error}`);
  return value;
}

async function signIns(driver, settings, rounds) {
  const samples = new Map();
  // One round more at the beginning, not counted.
  for (let round = -1; round < rounds; round++) {
    for (const { client, ms, longestTaskMs } of await call(driver, "round", round + 1, settings, person)) {
      if (round < 0) continue;
      if (!samples.has(client)) samples.set(client, []);
      samples.get(client).push({ ms, longestTaskMs });
    }
  }
  return [...samples].map(([client, all]) => ({
    client,
    medianMs: quantile(all.map(({ ms }) => ms), 0.5),
    p90Ms: quantile(all.map(({ ms }) => ms), 0.9),
    longestTaskMs: quantile(all.map(({ longestTaskMs }) => longestTaskMs), 0.5),
    samples: all.length,
  }));
}

async function wasmStarts(driver, url) {
  const times = [];
  for (let load = 0; load < 7; load++) {
    await driver.get(url);
    times.push(await call(driver, "wasmStart"));
  }
  return quantile(times, 0.5);
}

async function measure(engine, { openBrowser, site, settings }) {
  const browser = await openBrowser(engine);
  const url = `${site.url}/sign-in`;
  try {
    const { driver } = browser;
    await driver.manage().setTimeouts({ script: 300_000 });
    await driver.get(url);
    const rows = (await signIns(driver, settings, Number(values.rounds))).map((row) => ({ engine, cpuSlowdown: 1, ...row }));
    let wasmStartMs;
    if (engine === "chromium") {
      wasmStartMs = await wasmStarts(driver, url);
      await driver.sendDevToolsCommand("Emulation.setCPUThrottlingRate", { rate: 6 });
      await driver.get(url);
      rows.push(...(await signIns(driver, settings, Number(values.rounds))).map((row) => ({ engine, cpuSlowdown: 6, ...row })));
    }
    return { rows, wasmStartMs };
  } finally {
    await browser.close();
  }
}

async function main() {
  const unknown = values.engine.filter((engine) => !engines.includes(engine));
  if (unknown.length > 0) throw new Error(`--engine ${unknown[0]}: must be one of ${engines.join(", ")}`);
  await setup("bench");
  if (!values["no-build"]) {
    await Promise.all([build(), buildDevServer()]);
    await pack();
  }
  const { missingReason, openBrowser } = await import("../e2e/lib/browser.mjs");
  const { defaultPool, openServer } = await import("../e2e/lib/server.mjs");
  const { openBenchSite } = await import("./lib/site.mjs");
  const results = { about: "npm run bench:sign-in: from the click to the tokens, milliseconds", delayMs: Number(values.delay), machine: machine(), skipped: [], rows: [] };
  const [server, site] = [await openServer(), await openBenchSite({})];
  try {
    await server.faults({ operation: "*", kind: "delay", ms: Number(values.delay) });
    const settings = { ...defaultPool, endpoint: server.url };
    for (const engine of values.engine) {
      const missing = missingReason(engine);
      if (missing) {
        console.error(`SKIPPED ${missing}`);
        results.skipped.push(engine);
        if (process.env.CI === "true") process.exitCode = 1;
        continue;
      }
      const { rows, wasmStartMs } = await measure(engine, { openBrowser, site, settings });
      results.rows.push(...rows);
      if (wasmStartMs !== undefined) results.wasmStartMs = { [engine]: wasmStartMs };
      console.log(`\n${engine}: milliseconds${wasmStartMs === undefined ? "" : `; the wasm compiles and instantiates in ${wasmStartMs.toFixed(1)}`}`);
      console.log(columns(["client", "slowdown", "click to tokens", "p90", "longest task"], rows.map((row) => [row.client, `${row.cpuSlowdown}x`, row.medianMs, row.p90Ms, row.longestTaskMs])));
    }
  } finally {
    await site.close();
    await server.close();
  }
  mkdirSync(resolve(values.out, ".."), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nwritten: ${values.out}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

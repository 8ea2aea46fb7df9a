#!/usr/bin/env node
// Bytes that a browser loads for each journey of a user: Lifeguard and the other clients, bundled the same way in one run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../scripts/build.mjs";
import { readArgs } from "../scripts/lib/args.mjs";
import { buildDevServer } from "../scripts/lib/dev-server.mjs";
import { pack } from "../scripts/lib/pack.mjs";
import { setup } from "../scripts/setup.mjs";
import { columns } from "./lib/results.mjs";

const help = `
npm run bench:size -- [--out FILE] [--no-build] [--static]

Bundles an app for each client and journey with esbuild (minified, split, ES2022) and prints the bytes (brotli, quality 11)
that a browser loads until the journey is complete: JavaScript and wasm, files loaded on demand included. Which of those
Lifeguard needs is found by running each journey in Chromium against the dev-server; the other clients are one file each.
Writes bench/results/journeys.json, and says what is above bench/budget.json.
  --out FILE  where the rows go (default bench/results/journeys.json)
  --no-build  takes package and dev-server as they were built last
  --static    runs nothing: counts the files that the last run saw loaded (bench/results/journeys.json); so does
              a machine without Chromium
Ends with 1 when something could not be measured. A figure above the budget is printed; npm run check is what fails by it.
`;

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = readArgs(help, { out: { type: "string", default: join(here, "results/journeys.json") }, "no-build": { type: "boolean" }, static: { type: "boolean" } });

/** What each journey loads, by running it, or else by the last run. */
async function walk(journeys, lastWalk) {
  const { missingReason } = await import("../e2e/lib/browser.mjs");
  const reason = values.static ? "--static" : missingReason("chromium");
  if (!reason) {
    const { walkJourneys } = await import("./lib/walk.mjs");
    return walkJourneys(journeys, (text) => console.error(`running: ${text}`));
  }
  if (!values.static && process.env.CI === "true") throw new Error(reason);
  console.error(`journeys are not run (${reason}): what they load is taken from the last run`);
  return lastWalk();
}

const kilobytes = (bytes) => (bytes === undefined ? "-" : (bytes / 1000).toFixed(1));

async function main() {
  await setup("bench");
  if (!values["no-build"]) {
    await Promise.all([build(), values.static ? undefined : buildDevServer()]);
    await pack();
  }
  const { lastWalk, measureLifeguard, measurePeer, overBudget } = await import("./lib/bytes.mjs");
  const { journeyNames, journeys } = await import("./lib/journeys.mjs");
  const seen = await walk(journeys.lifeguard, lastWalk);
  const { rows, wasm, onDemand } = await measureLifeguard(seen);
  for (const client of Object.keys(journeys).filter((name) => name !== "lifeguard")) rows.push(...(await measurePeer(client)));

  const clients = Object.keys(journeys);
  const find = (client, journey) => rows.find((row) => row.client === client && row.journey === journey)?.brotli;
  console.log(columns(["brotli, kB", ...clients], journeyNames.map((journey) => [journey, ...clients.map((client) => kilobytes(find(client, journey)))])));
  console.log(`\nwasm alone: ${kilobytes(wasm.brotli)} kB`);
  for (const line of overBudget({ rows, wasm })) console.log(`above budget: ${line}`);

  mkdirSync(resolve(values.out, ".."), { recursive: true });
  const about = "npm run bench:size: bytes that a browser loads until the journey is complete";
  writeFileSync(values.out, `${JSON.stringify({ about, browser: seen.version, wasm, onDemand, onlyWithoutWasm: seen.onlyWithoutWasm, rows }, null, 2)}\n`);
  console.log(`\nwritten: ${values.out}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

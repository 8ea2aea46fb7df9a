#!/usr/bin/env node
// A cold visit: from the navigation to the tokens, nothing cached, on a slow network and a slow processor.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../scripts/build.mjs";
import { readArgs } from "../scripts/lib/args.mjs";
import { buildDevServer } from "../scripts/lib/dev-server.mjs";
import { pack } from "../scripts/lib/pack.mjs";
import { setup } from "../scripts/setup.mjs";
import { columns, machine, quantile } from "./lib/results.mjs";

const help = `
npm run bench:visit -- [--runs N] [--only NAME]... [--mbit N] [--rtt MS] [--slowdown N] [--waterfall] [--out FILE] [--no-build]

Opens the same page with Lifeguard, Amplify and amazon-cognito-identity-js, each in a new Chromium with nothing cached,
bundled for production and served compressed; a script fills the form and submits it as soon as it works, and the user
signs in by SRP against the dev-server. Prints the time from the navigation to the tokens, until the form worked, and the
longest task of the page's main thread until then, of the whole visit and of what came after the page's first script:
medians of interleaved runs. The page alone, without a client, is visited too. Writes bench/results/visit.json.
  --runs N        visits of each client that count (default 9); one more at the beginning does not
  --only NAME     only this client (lifeguard, aws-amplify, amazon-cognito-identity-js); may be repeated
  --mbit N        bandwidth in Mbit/s (default 1.6)
  --rtt MS        round trip in milliseconds (default 150)
  --slowdown N    how many times slower the processor is (default 6)
  --waterfall     prints the requests and the five longest tasks of a client's last visit: when, and how long
  --out FILE      where the rows go (default bench/results/visit.json)
  --no-build      takes package and dev-server as they were built last
Exit codes: 0 measured; 1 a visit failed, or Chromium is missing; 2 the command line is wrong.
`;

const { values } = readArgs(help, {
  runs: { type: "string", default: "9" },
  only: { type: "string", multiple: true },
  mbit: { type: "string", default: "1.6" },
  rtt: { type: "string", default: "150" },
  slowdown: { type: "string", default: "6" },
  waterfall: { type: "boolean" },
  out: { type: "string", default: fileURLToPath(new URL("./results/visit.json", import.meta.url)) },
  "no-build": { type: "boolean" },
});

const user = { username: "alice", password: "Correct-Horse-9!" };
const known = ["lifeguard", "aws-amplify", "amazon-cognito-identity-js"];

function wrong(text) {
  console.error(`${text}\n\n${help.trim()}`);
  process.exit(2);
}

const positive = (name) => (Number(values[name]) > 0 ? Number(values[name]) : wrong(`--${name} ${values[name]}: must be a number above 0`));
const conditions = { mbit: positive("mbit"), rttMs: positive("rtt"), slowdown: positive("slowdown") };
const runs = Number.isInteger(positive("runs")) ? positive("runs") : wrong(`--runs ${values.runs}: must be a whole number`);
const clients = values.only ?? known;
for (const name of clients) if (!known.includes(name)) wrong(`--only ${name}: must be one of ${known.join(", ")}`);

const median = (samples, key) => quantile(samples.map((sample) => sample[key]), 0.5);
const round = (value) => Number(value.toFixed(1));

function summarize(samples) {
  const reference = clients.includes("lifeguard") ? median(samples.get("lifeguard"), "ms") : undefined;
  return [...samples.keys()].map((client) => {
    const all = samples.get(client);
    const times = all.map(({ ms }) => ms);
    return {
      client,
      engine: "chromium",
      medianMs: round(median(all, "ms")),
      minMs: round(Math.min(...times)),
      maxMs: round(Math.max(...times)),
      ratio: reference === undefined ? undefined : Number((median(all, "ms") / reference).toFixed(3)),
      formMs: round(median(all, "formMs")),
      longestTaskMs: round(median(all, "longestTaskMs")),
      longestClientTaskMs: round(median(all, "longestClientTaskMs")),
      requests: quantile(all.map(({ requests }) => requests.length), 0.5),
      transferred: median(all, "transferred"),
      samples: all.length,
    };
  });
}

async function main() {
  await setup("bench");
  if (!values["no-build"]) {
    await Promise.all([build(), buildDevServer()]);
    await pack();
  }
  const { missingReason } = await import("../e2e/lib/browser.mjs");
  const missing = missingReason("chromium");
  if (missing) throw new Error(missing);
  const { defaultPool, openServer } = await import("../e2e/lib/server.mjs");
  const { control, openVisitSite, visit } = await import("./lib/visits.mjs");

  const [load] = loadavg();
  if (load > cpus().length / 4) console.error(`other work keeps this machine busy (load ${load.toFixed(1)}): the figures will be too large, and ratios less certain`);
  const server = await openServer();
  const visited = [...clients, control];
  const samples = new Map(visited.map((client) => [client, []]));
  let version;
  try {
    for (let run = 0; run <= runs; run++) {
      for (let turn = 0; turn < visited.length; turn++) {
        const client = visited[(turn + run) % visited.length];
        await server.reset();
        // Another port each time: another origin.
        const site = await openVisitSite(client, { ...defaultPool, endpoint: server.url, user });
        try {
          const { version: seen, ...sample } = await visit(site, conditions);
          version = seen;
          if (run > 0) samples.get(client).push(sample);
          console.error(`${run === 0 ? "warm-up" : `run ${run} of ${runs}`}: ${client} ${sample.ms.toFixed(0)} ms, form at ${sample.formMs.toFixed(0)}, longest task ${sample.longestTaskMs.toFixed(1)}`);
        } catch (error) {
          throw new Error(`visit with ${client}: ${error.message}`);
        } finally {
          await site.close();
        }
      }
    }
  } finally {
    await server.close();
  }
  const rows = summarize(samples);
  console.log(`\nchromium ${version}: ${conditions.mbit} Mbit/s, ${conditions.rttMs} ms round trip, processor ${conditions.slowdown}x slower; milliseconds, medians of ${runs}`);
  console.log(columns(["client", "to tokens", "min", "max", "ratio", "form works", "longest task", "client's", "requests", "kB sent"], rows.map((row) => [row.client, row.medianMs, row.minMs, row.maxMs, row.ratio ?? "-", row.formMs, row.longestTaskMs, row.longestClientTaskMs, String(row.requests), (row.transferred / 1000).toFixed(1)])));
  for (const client of values.waterfall ? clients : []) {
    const { requests, tasks } = samples.get(client).at(-1);
    const all = [...requests, ...tasks.map((task) => ({ name: "task of the main thread", ...task }))].sort((a, b) => a.startTime - b.startTime);
    console.log(`\n${columns([client, "from", "for"], all.map(({ name, startTime, duration }) => [name, startTime, duration]))}`);
  }
  mkdirSync(resolve(values.out, ".."), { recursive: true });
  const about = "npm run bench:visit: from the navigation to the tokens, milliseconds";
  writeFileSync(values.out, `${JSON.stringify({ about, conditions, machine: machine(), loadBefore: Number(load.toFixed(1)), versions: { chromium: version }, rows: rows.filter(({ client }) => client !== control), pageAlone: rows.find(({ client }) => client === control) }, null, 2)}\n`);
  console.log(`\nwritten: ${values.out}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

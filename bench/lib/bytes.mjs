// Bytes of each journey: of the files that it loads, each compressed by itself as a CDN does.
import { existsSync, readFileSync } from "node:fs";
import { sizes } from "../../scripts/lib/bundle.mjs";
import { journeys } from "./journeys.mjs";
import { bundlePage, withImports } from "./production.mjs";

const results = new URL("../results/journeys.json", import.meta.url);
const budgetFile = new URL("../budget.json", import.meta.url);

const sum = (all) => all.reduce((a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli }), { raw: 0, gzip: 0, brotli: 0 });

/** What the last run in a browser saw, from the results. */
export function lastWalk() {
  const { rows = [], onDemand, onlyWithoutWasm = [], browser } = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
  const own = rows.filter(({ client, loads }) => client === "lifeguard" && loads);
  if (own.length === 0) throw new Error("bench/results/journeys.json does not say what each journey loads: npm run bench:size");
  return { version: browser, known: onDemand, loaded: new Map(own.map(({ journey, loads }) => [journey, loads])), onlyWithoutWasm };
}

/**
 * One row for each of Lifeguard's journeys, the wasm alone, and the origins of all that may be loaded on demand.
 * `walk`: see walkJourneys, or lastWalk(), which does not fit a package that has other files now.
 */
export async function measureLifeguard(walk) {
  const rows = [];
  const wasm = new Map();
  const origins = new Set();
  for (const { journey, about, source } of journeys.lifeguard) {
    const bundle = await bundlePage(source);
    const onDemand = [...bundle.files].filter(([, { origin }]) => origin);
    for (const [name, { type, body }] of onDemand) if (type === "application/wasm") wasm.set(name, body);
    for (const [, { origin }] of onDemand) origins.add(origin);
    const loads = walk.loaded.get(journey);
    const stale = [...(loads ?? []), ...walk.onlyWithoutWasm].filter((origin) => !onDemand.some(([, file]) => file.origin === origin));
    if (stale.length > 0) throw new Error(`journey ${journey}: the bundle has no ${stale.join(", ")} any more: npm run bench:size runs the journeys anew`);
    const unknown = [...origins].filter((origin) => walk.known && !walk.known.includes(origin));
    if (unknown.length > 0) throw new Error(`journey ${journey}: nobody has seen yet who loads ${unknown.join(", ")}: npm run bench:size runs the journeys anew`);
    const counts = loads ? (origin) => loads.includes(origin) : (origin) => !walk.onlyWithoutWasm.includes(origin);
    const names = withImports(bundle, [bundle.entry, ...onDemand.filter(([, { origin }]) => counts(origin)).map(([name]) => name)]);
    rows.push({ client: "lifeguard", journey, about, ...sum(names.map((name) => sizes(bundle.files.get(name).body))), ...(loads ? { loads } : {}) });
  }
  if (wasm.size === 0) throw new Error("no module of the package refers to its wasm by new URL(…, import.meta.url): bundlers would not copy it");
  return { rows, wasm: sum([...wasm.values()].map(sizes)), onDemand: [...origins].sort() };
}

/** One row for each of a peer's journeys. A peer is one file: were it several, its journeys would have to be run too. */
export async function measurePeer(client) {
  const rows = [];
  for (const { journey, source } of journeys[client]) {
    const { files } = await bundlePage(source);
    if (files.size !== 1) throw new Error(`${client} loads files on demand: which of them ${journey} needs must be found by running it`);
    rows.push({ client, journey, ...sizes([...files.values()][0].body) });
  }
  return rows;
}

/** A line for each figure that is above bench/budget.json; and for each of the budget that was not measured. */
export function overBudget({ rows, wasm }) {
  const { about: _about, ...budget } = JSON.parse(readFileSync(budgetFile, "utf8"));
  const measured = { wasm, ...Object.fromEntries(rows.filter(({ client }) => client === "lifeguard").map((row) => [row.journey, row])) };
  return Object.entries(budget).flatMap(([name, { brotli }]) => {
    if (!measured[name]) return [`${name}: in bench/budget.json, but not measured`];
    return measured[name].brotli > brotli ? [`${name}: ${measured[name].brotli} bytes (brotli), ${brotli} allowed by bench/budget.json`] : [];
  });
}

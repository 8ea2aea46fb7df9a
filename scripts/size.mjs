#!/usr/bin/env node
// Bytes: of each file we ship, and of what a page loads.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { lastWalk, measureLifeguard, overBudget } from "../bench/lib/bytes.mjs";
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { sizes } from "./lib/bundle.mjs";
import { done, fail, warn } from "./lib/log.mjs";
import { pack, packedPackage } from "./lib/pack.mjs";
import { at } from "./lib/paths.mjs";
import { setup } from "./setup.mjs";

const help = `
npm run size -- [--check] [--no-build]

Prints raw, gzip and brotli (quality 11) bytes of each shipped file and of what a browser loads for each journey of
npm run bench:size, by the list of files that it saw loaded last. Writes bench/results/size.json.
  --check     fails when a journey, or the wasm, is larger than bench/budget.json allows
  --no-build  takes the package as it was packed last
`;

function shippedFiles() {
  const visit = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? visit(join(folder, entry.name)) : [join(folder, entry.name)]));
  return Object.fromEntries(visit(packedPackage).sort().map((file) => [relative(packedPackage, file), sizes(readFileSync(file))]));
}

const line = (name, { raw, gzip, brotli }) => `${name.padEnd(34)} ${String(raw).padStart(9)} ${String(gzip).padStart(9)} ${String(brotli).padStart(9)}`;

function holdBudget(measured) {
  const over = overBudget(measured);
  over.forEach(warn);
  if (over.length > 0) throw new Error("over budget: make it smaller, or raise bench/budget.json in the same commit and say why");
  done("within bench/budget.json");
}

try {
  const { values } = readArgs(help, { check: { type: "boolean" }, "no-build": { type: "boolean" } });
  if (!values["no-build"]) {
    await setup("build");
    await build();
  }
  await pack();
  const files = shippedFiles();
  const { rows, wasm } = await measureLifeguard(lastWalk());

  console.log(`${"".padEnd(34)} ${"raw".padStart(9)} ${"gzip".padStart(9)} ${"brotli".padStart(9)}`);
  for (const [name, size] of Object.entries(files)) console.log(line(name, size));
  console.log();
  for (const row of rows) console.log(line(row.journey, row), `  ${row.about}`);
  console.log(line("wasm", wasm), "  all of it, alone");

  if (values.check) holdBudget({ rows, wasm });
  else {
    mkdirSync(at("bench/results"), { recursive: true });
    writeFileSync(at("bench/results/size.json"), `${JSON.stringify({ files }, null, 2)}\n`);
  }
} catch (error) {
  fail(error);
}

#!/usr/bin/env node
// Millions of inputs for everything that reads what strangers send; `fuzz/README.md` says what must hold for each.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readArgs } from "./lib/args.mjs";
import { bad, done, elapsed, fail, info, seconds, step } from "./lib/log.mjs";
import { at } from "./lib/paths.mjs";
import { probe, run } from "./lib/run.mjs";
import { ensureRust } from "./lib/tools.mjs";

const targets = readdirSync(at("fuzz/corpus")).sort();

const help = `
npm run fuzz -- [--target NAME] [--seconds N | --runs N]

Has libFuzzer look for inputs with which something does not hold, one target after the other: ${targets.join(", ")}.
  --target NAME  this one only
  --seconds N    for so long each (default 60)
  --runs N       so many inputs each, however long that takes

Begins with the corpus in fuzz/corpus/ and with what earlier runs on this machine have found to be interesting. An
input that fails is kept in target/fuzz/failed/; the status is 1 then. Needs a C++ compiler, for libFuzzer.
`;

// What libFuzzer needs to see which code an input reaches. The flags are stable ones; no sanitizer: the code is safe Rust.
const coverage = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
  "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
  "-Ccodegen-units=1",
];

const { values } = readArgs(help, { target: { type: "string" }, seconds: { type: "string" }, runs: { type: "string" } });

async function build() {
  await ensureRust();
  if (!probe("c++", ["--version"])) throw new Error("no C++ compiler, which libFuzzer is made with: install g++ or clang");
  // With --target the flags are not those of build scripts, which have no libFuzzer.
  const host = /host: (\S+)/.exec(probe("rustc", ["-vV"]) ?? "")?.[1];
  const args = ["build", "--package", "lifeguard-fuzz", "--features", "libfuzzer", "--profile", "fuzz", "--target", host, "--bins", "--quiet"];
  await step("building the targets (minutes, once)", () => run("cargo", args, { env: { RUSTFLAGS: coverage.join(" ") } }));
  return join(targetDir, host, "fuzz");
}

/** Runs one target to its end; gives how many inputs it had, and whether all held. */
async function fuzz(folder, target, limit) {
  // Growing: what libFuzzer adds stays out of the repository.
  const found = join(targetDir, "fuzz", "corpus", target);
  const failed = join(targetDir, "fuzz", "failed");
  for (const path of [found, failed]) mkdirSync(path, { recursive: true });
  let inputs = 0;
  let shown = [];
  const { code } = await run(join(folder, target), [found, at("fuzz/corpus", target), ...limit, `-artifact_prefix=${failed}/${target}-`, "-timeout=10", "-rss_limit_mb=4096", "-max_len=8192", "-print_final_stats=1", "-verbosity=1"], {
    env: { RUST_BACKTRACE: "1" },
    allowFailure: true,
    onLine: (line) => {
      // `#2048 pulse …`, `stat::number_of_executed_units: 2048`
      inputs = Number(/^(?:#(\d+)\s|stat::number_of_executed_units:\s+(\d+))/.exec(line)?.slice(1).find(Boolean) ?? inputs);
      if (!/^(#|stat::|INFO:)/.test(line)) shown = [...shown, line].slice(-60);
    },
  });
  if (code !== 0) for (const line of shown) console.error(`  ${line}`);
  return { inputs, holds: code === 0 };
}

const targetDir = process.env.CARGO_TARGET_DIR ?? at("target");

try {
  for (const name of ["seconds", "runs"]) {
    if (values[name] !== undefined && !/^[1-9]\d*$/.test(values[name])) throw new Error(`--${name} ${values[name]}: must be a whole number`);
  }
  if (values.target && !targets.includes(values.target)) throw new Error(`no target ${values.target}: choose from ${targets.join(", ")}`);
  const limit = values.runs ? [`-runs=${values.runs}`] : [`-max_total_time=${values.seconds ?? 60}`];
  const folder = await build();
  const failed = [];
  let all = 0;
  for (const target of values.target ? [values.target] : targets) {
    const begin = Date.now();
    const { inputs, holds } = await step(target, () => fuzz(folder, target, limit));
    all += inputs;
    (holds ? done : bad)(`${target}: ${inputs.toLocaleString("en")} inputs (${seconds(Date.now() - begin)})`);
    if (!holds) failed.push(target);
  }
  info(`${all.toLocaleString("en")} inputs in all`);
  if (failed.length > 0) throw new Error(`found something in ${failed.join(", ")}: see above; the inputs are in ${join(targetDir, "fuzz", "failed")}`);
  done(`everything held (${elapsed()})`);
} catch (error) {
  fail(error);
}

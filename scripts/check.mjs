#!/usr/bin/env node
// Everything that is checked without running the code: format, lints, docs, types, and the size budget.
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { bad, done, fail, seconds, step } from "./lib/log.mjs";
import { ensureNpm } from "./lib/npm.mjs";
import { at, wasmTarget } from "./lib/paths.mjs";
import { run, tsc } from "./lib/run.mjs";
import { ensureLinters } from "./lib/tools.mjs";
import { setup } from "./setup.mjs";

const cargo = (...args) => run("cargo", args);
const checks = {
  format: async () => {
    await cargo("fmt", "--all", "--check");
    await cargo("fmt", "--all", "--check", "--manifest-path", "examples/Cargo.toml");
  },
  clippy: () => cargo("clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"),
  // As it is shipped, with the operation for known answers, and as it becomes JavaScript.
  "clippy-wasm": async () => {
    for (const features of [[], ["--features", "lifeguard/vectors"], ["--features", "lifeguard/bigint"]]) {
      await cargo("clippy", "--target", wasmTarget, "-p", "lifeguard", "-p", "lifeguard-web", "-p", "modexp", ...features, "--quiet", "--", "-D", "warnings");
    }
  },
  generated: () => run(process.execPath, [at("scripts/generate.mjs"), "--check"]),
  docs: () => run("cargo", ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"], { env: { RUSTDOCFLAGS: "-D warnings" } }),
  lint: () => run("biome", ["ci", "--error-on-warnings"]),
  types: async () => {
    await build();
    await tsc("-p", at("tsconfig.json"));
    await ensureNpm("www");
    await tsc("-p", at("www/tsconfig.json"));
  },
  budget: async () => {
    await build();
    await run(process.execPath, [at("scripts/size.mjs"), "--check", "--no-build"]);
  },
};

const help = `
npm run check -- [check …]

Checks without running: ${Object.keys(checks).join(", ")}. All of them by default.
  clippy, clippy-wasm, docs   warnings are errors, on the native and the wasm32 target
  generated                   constants that Rust and TypeScript share, against src/shared.json
  lint                        biome on js/ (biome check --write repairs most of it)
  types                       tsc on js/ and, against what it built, on the demo page
  budget                      bytes of what a page loads, against bench/budget.json
`;

const { positionals } = readArgs(help, {}, { allowPositionals: true });
try {
  const unknown = positionals.filter((name) => !checks[name]);
  if (unknown.length > 0) throw new Error(`unknown check ${unknown.join(", ")}: choose from ${Object.keys(checks).join(", ")}`);
  await setup("build");
  await ensureLinters();
  const failed = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(checks)) {
    const begin = Date.now();
    try {
      await step(name, checks[name]);
      done(`${name} (${seconds(Date.now() - begin)})`);
    } catch (error) {
      bad(`${name}: ${error.message}`);
      failed.push(name);
    }
  }
  if (failed.length > 0) throw new Error(`failed: ${failed.join(", ")}`);
} catch (error) {
  fail(error);
}

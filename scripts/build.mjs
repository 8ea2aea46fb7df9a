#!/usr/bin/env node
// Builds what npm users get: pkg/ (wasm and glue) and from it dist/ (with the wrapper).
import { readArgs } from "./lib/args.mjs";
import { buildDist } from "./lib/dist.mjs";
import { done, elapsed, fail } from "./lib/log.mjs";
import { buildWasm } from "./lib/wasm.mjs";
import { setup } from "./setup.mjs";

const help = `
npm run build -- [--plain] [--force]

Compiles the core to pkg/ and the wrapper to dist/; skips what is up to date, by content.
  (default)  the small release build: std compiled along, unstable flags of the pinned stable compiler;
             falls back to the plain build, and says so, where that does not work
  --plain    stable compiler flags only
  --force    builds even when nothing changed
`;

/** Whether anything had to be built. */
export async function build(options = {}) {
  const wasm = await buildWasm(options);
  const dist = await buildDist(options);
  return wasm || dist;
}

if (import.meta.filename === process.argv[1]) {
  const { values } = readArgs(help, { plain: { type: "boolean" }, force: { type: "boolean" } });
  try {
    await setup("build");
    const built = await build(values);
    done(`${built ? "built" : "up to date"} (${elapsed()})`);
  } catch (error) {
    fail(error);
  }
}

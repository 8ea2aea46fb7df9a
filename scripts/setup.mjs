#!/usr/bin/env node
// Makes a fresh machine able to build, start or test; does nothing when that is done already.
import { ensureMinistack } from "../interop/lib/ministack-setup.mjs";
import { readArgs } from "./lib/args.mjs";
import { ensureBrowsers } from "./lib/browsers.mjs";
import { done, elapsed, fail, warn } from "./lib/log.mjs";
import { ensureNpm } from "./lib/npm.mjs";
import { ensureRust, ensureTools } from "./lib/tools.mjs";

const help = `
npm run setup -- [--for build|start|test|bench]     (default: test)

Installs what the purpose needs and leaves alone what is there:
  build   Rust target wasm32-unknown-unknown, rust-src, wasm-bindgen-cli (the version Cargo.toml pins), npm packages
  start   the same, and the npm packages of the demo and of the identity providers (idp/)
  test    the same, and wasm-pack, geckodriver, the browsers and drivers (by apt, as root or with sudo -n),
          the npm packages of e2e/ and interop/, and MiniStack by pip in a virtual environment
  bench   as for test, and the npm packages of bench/
Tools are compiled once into .tools/, which git ignores. Needs: Node 20, Rust by rustup, a C compiler.
`;

const purposes = {
  build: { tools: ["wasmBindgen"], folders: ["."] },
  start: { tools: ["wasmBindgen"], folders: [".", "www", "idp"] },
  test: { tools: ["wasmBindgen", "wasmPack", "geckodriver"], folders: [".", "www", "e2e", "interop", "idp", "tests/bundlers"], browsers: true },
  bench: { tools: ["wasmBindgen", "geckodriver"], folders: [".", "e2e", "bench"], browsers: true },
};

/** Resolves to the engines that are still missing. */
export async function setup(purpose) {
  const { tools, folders, browsers } = purposes[purpose];
  await ensureRust();
  const packages = async () => {
    for (const folder of folders) await ensureNpm(folder);
    const reason = folders.includes("interop") ? await ensureMinistack() : null;
    if (reason) warn(reason);
  };
  // Compiling keeps the processors busy while npm and apt wait for the network.
  const [, , missing] = await Promise.all([ensureTools(tools), packages(), browsers ? ensureBrowsers() : []]);
  return missing;
}

if (import.meta.filename === process.argv[1]) {
  const { values } = readArgs(help, { for: { type: "string", default: "test" } });
  if (!purposes[values.for]) {
    fail(new Error(`--for ${values.for}: must be one of ${Object.keys(purposes).join(", ")}`));
  } else {
    await setup(values.for).then((missing) => {
      if (missing.length > 0 && process.env.CI === "true") process.exitCode = 1;
      else done(`set up for ${values.for} (${elapsed()})`);
    }, fail);
  }
}

// The wasm: cargo, wasm-bindgen, wasm-opt; from the root crate to pkg/. One module; and for tests a second one with an
// operation more, which stays out of pkg/.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { textGlue, textOf } from "./glue.mjs";
import { info, seconds, step, warn } from "./log.mjs";
import { at, pkgDir, root, wasmBindgenVersion, wasmTarget } from "./paths.mjs";
import { probe, run } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { canBuildStd } from "./tools.mjs";

/** What every browser of the supported range has; wasm-opt refuses a module that uses more. */
const engineFeatures = ["bulk-memory", "simd", "sign-ext", "mutable-globals", "nontrapping-float-to-int", "reference-types", "multivalue"];

/**
 * The later rounds find what the ones before, which also even out nested blocks, have laid bare. Nothing lies in the
 * first kilobyte of the memory, which is the end of the stack.
 */
const passes = ["--low-memory-unused", "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"];

const sources = ["Cargo.toml", "Cargo.lock", ".cargo", "rust-toolchain.toml", "src", "arena/Cargo.toml", "arena/src", "modexp/Cargo.toml", "modexp/src", "scripts/lib/glue.mjs"].map((path) => at(path));
/** What the package ships of pkg/: glue, the wasm, and the same bytes as text. */
export const shippedFromPkg = ["lifeguard.js", "lifeguard_bg.wasm", "core/wasm-text.js"];

const outputs = [...shippedFromPkg, "lifeguard.d.ts", "core/wasm-text.d.ts"].map((name) => join(pkgDir, name));

const cargoTargetDir = () => process.env.CARGO_TARGET_DIR ?? at("target");

const vectorsDir = () => join(cargoTargetDir(), "vectors");

/** Paths of that module, `{ glue, wasm }`, once it is built. */
export function vectorsFiles() {
  const [glue, wasm] = ["lifeguard.js", "lifeguard_bg.wasm"].map((name) => join(vectorsDir(), name));
  if (!existsSync(wasm)) throw new Error("the module for known answers is not built: npm run vectors builds it");
  return { glue, wasm };
}

/**
 * Compiles std along with the crate, turns every panic into a bare trap, and lets the linker optimize across everything
 * instead of the compiler: only there does the allocator take part, and where it frees nothing (`arena/`) the code that
 * frees goes. These are unstable flags of the pinned compiler, so there is always the plain build to fall back to.
 */
const smallFlags = {
  args: ["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"],
  rustflags: [
    "-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none", "-Clinker-plugin-lto", "-Clink-arg=--lto-O3",
    // A quarter of the usual stack, five times what a handshake takes: addresses of data get shorter.
    "-Clink-arg=-zstack-size=262144",
  ],
  env: { RUSTC_BOOTSTRAP: "1", CARGO_PROFILE_RELEASE_LTO: "off" },
};

/** Compiler flags by --config, so that they add to those of .cargo/config.toml instead of replacing them. */
function configOf(more) {
  // No path of this machine belongs in what is shipped; panic messages would carry the registry's.
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const flags = [`--remap-path-prefix=${cargoHome}=cargo`, `--remap-path-prefix=${root}=.`, ...more];
  return ["--config", `target.${wasmTarget}.rustflags=${JSON.stringify(flags)}`];
}

async function compile(features, small) {
  // A target folder for each set of flags: they change everything, and the builds would evict each other.
  const targetDir = join(cargoTargetDir(), small ? "small" : ".");
  const more = small ? smallFlags : { args: [], rustflags: [], env: {} };
  const args = ["build", "--release", "--lib", "-p", "lifeguard", ...features, "--target", wasmTarget, "--quiet", ...configOf(more.rustflags), ...more.args];
  const { code, output } = await run("cargo", args, {
    capture: small,
    allowFailure: small,
    env: { CARGO_TARGET_DIR: targetDir, ...more.env },
  });
  if (code !== 0) throw new Error(/^error.*$/m.exec(output)?.[0] ?? "cargo failed");
  return join(targetDir, wasmTarget, "release", "lifeguard.wasm");
}

/** Compiles the module and makes its files in a folder. */
async function make(features, small, folder) {
  const wasm = await compile(features, small);
  await run("wasm-bindgen", [
    wasm, "--target", "bundler", "--out-dir", folder, "--out-name", "lifeguard",
    "--remove-name-section", "--remove-producers-section",
  ]);
  const out = join(folder, "lifeguard_bg.wasm");
  const { source, types } = await textGlue(out);
  for (const name of ["lifeguard_bg.js", "lifeguard_bg.wasm.d.ts"]) rmSync(join(folder, name), { force: true });
  writeFileSync(join(folder, "lifeguard.js"), source);
  writeFileSync(join(folder, "lifeguard.d.ts"), types);
  const optimized = join(cargoTargetDir(), "lifeguard_opt.wasm");
  await run("wasm-opt", [...passes, ...engineFeatures.map((name) => `--enable-${name}`), "--strip-target-features", "--strip-debug", "--strip-producers", out, "-o", optimized]);
  copyFileSync(optimized, out);
  mkdirSync(join(folder, "core"), { recursive: true });
  const text = textOf(readFileSync(out));
  writeFileSync(join(folder, "core/wasm-text.js"), text.source);
  writeFileSync(join(folder, "core/wasm-text.d.ts"), text.types);
}

/** The smallest that can be made here; says which. */
async function makeSmallest(features, folder, plain) {
  if (!plain && !canBuildStd()) warn("rust-src is missing: building the plain, larger wasm (rustup component add rust-src)");
  if (!plain && canBuildStd()) {
    try {
      await make(features, true, folder);
      return "small";
    } catch (error) {
      warn(`the small release build failed, trying the plain one (${error.message})`);
    }
  }
  await make(features, false, folder);
  return "plain";
}

/** What the files are made of. */
const inputsOf = (name, plain) =>
  hashOf(sources, [probe("rustc", ["-V"]), wasmBindgenVersion(), canBuildStd(), plain, engineFeatures, name, passes, JSON.stringify(smallFlags)]);

/** Fills pkg/ unless it is up to date. `plain` uses stable compiler flags only. */
export async function buildWasm({ plain = false, force = false } = {}) {
  const inputs = inputsOf("wasm", plain);
  if (!force && isFresh("wasm", inputs, outputs)) return false;
  const begin = Date.now();
  mkdirSync(pkgDir, { recursive: true });
  for (const name of readdirSync(pkgDir)) if (name.startsWith("lifeguard") || name === "core") rmSync(join(pkgDir, name), { recursive: true });
  const kind = await step("compiling the core to WebAssembly", () => makeSmallest([], pkgDir, plain));
  writeStamp("wasm", inputs, outputs);
  const bytes = readFileSync(join(pkgDir, "lifeguard_bg.wasm"));
  info(`pkg/ built (${kind} release, ${bytes.length} bytes, ${brotliCompressSync(bytes).length} with brotli) in ${seconds(Date.now() - begin)}`);
  return true;
}

/** Makes the module for known answers unless it is up to date: by the flags of the package, and outside of it. */
export async function buildVectors() {
  const inputs = inputsOf("vectors", false);
  const outputs = ["lifeguard.js", "lifeguard_bg.wasm"].map((name) => join(vectorsDir(), name));
  if (isFresh("vectors", inputs, outputs)) return;
  const begin = Date.now();
  rmSync(vectorsDir(), { recursive: true, force: true });
  const kind = await step("compiling the core with the operation for known answers", () => makeSmallest(["--features", "vectors"], vectorsDir(), false));
  // Node asks the nearest manifest whether the glue is a module, and a target folder may be anywhere.
  writeFileSync(join(vectorsDir(), "package.json"), '{ "type": "module" }\n');
  writeStamp("vectors", inputs, outputs);
  info(`module for known answers built (${kind} release) in ${seconds(Date.now() - begin)}`);
}

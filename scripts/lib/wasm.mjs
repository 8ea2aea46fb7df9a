// The wasm: cargo, wasm-bindgen, wasm-opt; from the root crate to pkg/. Two modules, so that a page that signs people
// in does not load what only a session needs; and for tests a third, which stays out of pkg/.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { restOfGlue, textGlue } from "./glue.mjs";
import { info, seconds, step, warn } from "./log.mjs";
import { at, pkgDir, root, wasmBindgenVersion, wasmTarget } from "./paths.mjs";
import { probe, run } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { canBuildStd } from "./tools.mjs";

/** What every browser of the supported range has; wasm-opt refuses a module that uses more. */
const features = ["bulk-memory", "simd", "sign-ext", "mutable-globals", "nontrapping-float-to-int", "reference-types", "multivalue"];

/**
 * The later rounds find what the ones before, which also even out nested blocks, have laid bare. Nothing lies in the
 * first kilobyte of the memory, which is the end of the stack.
 */
const passes = ["--low-memory-unused", "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"];

const sources = ["Cargo.toml", "Cargo.lock", ".cargo", "rust-toolchain.toml", "src", "arena/Cargo.toml", "arena/src", "modexp/Cargo.toml", "modexp/src", "scripts/lib/glue.mjs"].map((path) => at(path));
/** The modules of the package: names of features of the root crate. */
const modules = ["sign-in", "account"];

/** The module that known answers go through: `sign-in` with one operation more, so everything is done to it as to that. */
const vectors = "vectors";
const like = (module) => (module === vectors ? "sign-in" : module);

const filesOf = (module) => [`lifeguard-${module}.js`, `lifeguard-${module}_bg.wasm`];

/** What the package ships of pkg/. */
export const shippedFromPkg = modules.flatMap(filesOf);

/** The wasm of a module, by its feature. */
export const wasmOf = (module) => filesOf(module)[1];

const outputs = [...shippedFromPkg, ...modules.map((module) => `lifeguard-${module}.d.ts`)].map((name) => join(pkgDir, name));

const cargoTargetDir = () => process.env.CARGO_TARGET_DIR ?? at("target");

const vectorsDir = () => join(cargoTargetDir(), vectors);

/** Paths of that module, `{ glue, wasm }`, once it is built. */
export function vectorsFiles() {
  const [glue, wasm] = filesOf(vectors).map((name) => join(vectorsDir(), name));
  if (!existsSync(wasm)) throw new Error("the module for known answers is not built: npm run vectors builds it");
  return { glue, wasm };
}

/**
 * Compiles std along with the crate and turns every panic into a bare trap, which saves about a fifth. These are
 * unstable flags of the pinned compiler, so there is always the plain build to fall back to.
 */
const smallFlags = {
  args: ["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"],
  rustflags: ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"],
  env: { RUSTC_BOOTSTRAP: "1" },
};

/**
 * Lets the linker optimize across everything instead of the compiler: only there does the allocator take part, and where
 * it frees nothing (`arena/`) the code that frees goes, which saves an eighth. wasm-bindgen reads the descriptions of
 * js-sys twice then, so that a module that has js-sys cannot be made this way.
 */
const linkerFlags = {
  // A quarter of the usual stack, five times what a handshake takes: addresses of data get shorter.
  rustflags: ["-Clinker-plugin-lto", "-Clink-arg=--lto-O3", "-Clink-arg=-zstack-size=262144"],
  env: { CARGO_PROFILE_RELEASE_LTO: "off" },
};

/** What the small build of a module adds: compiler flags, options of cargo, environment. */
function smallest(module) {
  const { args, rustflags, env } = smallFlags;
  if (like(module) !== "sign-in") return { args, rustflags, env };
  return { args, rustflags: [...rustflags, ...linkerFlags.rustflags], env: { ...env, ...linkerFlags.env } };
}

/** Compiler flags by --config, so that they add to those of .cargo/config.toml instead of replacing them. */
function configOf(more) {
  // No path of this machine belongs in what is shipped; panic messages would carry the registry's.
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const flags = [`--remap-path-prefix=${cargoHome}=cargo`, `--remap-path-prefix=${root}=.`, ...more];
  return ["--config", `target.${wasmTarget}.rustflags=${JSON.stringify(flags)}`];
}

async function compile(module, small) {
  // A target folder for each set of flags: they change everything, and the builds would evict each other.
  const targetDir = join(cargoTargetDir(), small ? `small-${like(module)}` : ".");
  const features = ["--no-default-features", "--features", module];
  const more = small ? smallest(module) : { args: [], rustflags: [], env: {} };
  const args = ["build", "--release", "--lib", "-p", "lifeguard", ...features, "--target", wasmTarget, "--quiet", ...configOf(more.rustflags), ...more.args];
  const { code, output } = await run("cargo", args, {
    capture: small,
    allowFailure: small,
    env: { CARGO_TARGET_DIR: targetDir, ...more.env },
  });
  if (code !== 0) throw new Error(/^error.*$/m.exec(output)?.[0] ?? "cargo failed");
  return join(targetDir, wasmTarget, "release", "lifeguard.wasm");
}

/** Compiles a module and makes its files in a folder. */
async function make(module, small, folder) {
  const wasm = await compile(module, small);
  await run("wasm-bindgen", [
    wasm, "--target", "bundler", "--out-dir", folder, "--out-name", `lifeguard-${module}`,
    "--remove-name-section", "--remove-producers-section",
  ]);
  const out = join(folder, wasmOf(module));
  // The wrapper loads the wasm itself (js/core.ts): of the glue it needs what the wasm imports and exports, and the
  // function by which the glue gets to know the instance.
  const glue = join(folder, `lifeguard-${module}`);
  if (module === "account") {
    renameSync(`${glue}_bg.js`, `${glue}.js`);
    const { source, types } = restOfGlue(out);
    appendFileSync(`${glue}.js`, source);
    appendFileSync(`${glue}.d.ts`, types);
  } else {
    const { source, types } = await textGlue(out);
    rmSync(`${glue}_bg.js`);
    writeFileSync(`${glue}.js`, source);
    writeFileSync(`${glue}.d.ts`, types);
  }
  const optimized = join(cargoTargetDir(), "lifeguard_opt.wasm");
  await run("wasm-opt", [...passes, ...features.map((name) => `--enable-${name}`), "--strip-target-features", "--strip-debug", "--strip-producers", out, "-o", optimized]);
  copyFileSync(optimized, out);
}

/** The smallest that can be made here of these modules; says which. */
async function makeSmallest(modules, folder, plain) {
  const makeAll = async (small) => {
    for (const module of modules) await make(module, small, folder);
  };
  if (!plain && !canBuildStd()) warn("rust-src is missing: building the plain, larger wasm (rustup component add rust-src)");
  if (!plain && canBuildStd()) {
    try {
      await makeAll(true);
      return "small";
    } catch (error) {
      warn(`the small release build failed, trying the plain one (${error.message})`);
    }
  }
  await makeAll(false);
  return "plain";
}

/** What the files of these modules are made of. */
const inputsOf = (modules, plain) =>
  hashOf(sources, [probe("rustc", ["-V"]), wasmBindgenVersion(), canBuildStd(), plain, features, modules, passes, JSON.stringify(modules.map(smallest))]);

/** Fills pkg/ unless it is up to date. `plain` uses stable compiler flags only. */
export async function buildWasm({ plain = false, force = false } = {}) {
  const inputs = inputsOf(modules, plain);
  if (!force && isFresh("wasm", inputs, outputs)) return false;
  const begin = Date.now();
  mkdirSync(pkgDir, { recursive: true });
  for (const name of readdirSync(pkgDir)) if (name.startsWith("lifeguard")) rmSync(join(pkgDir, name));
  const kind = await step("compiling the core to WebAssembly", () => makeSmallest(modules, pkgDir, plain));
  writeStamp("wasm", inputs, outputs);
  info(`pkg/ built (${kind} release) in ${seconds(Date.now() - begin)}`);
  return true;
}

/** Makes the module for known answers unless it is up to date: by the flags of the package, and outside of it. */
export async function buildVectors() {
  const inputs = inputsOf([vectors], false);
  const outputs = filesOf(vectors).map((name) => join(vectorsDir(), name));
  if (isFresh(vectors, inputs, outputs)) return;
  const begin = Date.now();
  rmSync(vectorsDir(), { recursive: true, force: true });
  const kind = await step("compiling the core with the operation for known answers", () => makeSmallest([vectors], vectorsDir(), false));
  // Node asks the nearest manifest whether the glue is a module, and a target folder may be anywhere.
  writeFileSync(join(vectorsDir(), "package.json"), '{ "type": "module" }\n');
  writeStamp(vectors, inputs, outputs);
  info(`module for known answers built (${kind} release) in ${seconds(Date.now() - begin)}`);
}

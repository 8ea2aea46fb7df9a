// The core by cargo, in its variants: as it is shipped, for known answers, and for what becomes JavaScript.
import { homedir } from "node:os";
import { join } from "node:path";
import { at, root, wasmTarget } from "./paths.mjs";
import { run } from "./run.mjs";

export const cargoTargetDir = () => process.env.CARGO_TARGET_DIR ?? at("target");

/**
 * Compiles std along with the crate, turns every panic into a bare trap, and lets the linker optimize across everything
 * instead of the compiler: only there does the allocator take part, and where it frees nothing (`arena/`) the code that
 * frees goes. These are unstable flags of the pinned compiler, so there is always the plain build to fall back to.
 */
export const smallFlags = {
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

/**
 * Compiles the crate; returns the path of the module, not yet bound.
 *
 * @param {object} options
 * @param {string[]} [options.features] of the crate.
 * @param {boolean} options.small by the flags above.
 * @param {boolean} [options.simd] with vectors, as .cargo/config.toml has it.
 */
export async function compile({ features = [], small, simd = true }) {
  // A target folder for each set of flags: they change everything, and the builds would evict each other.
  const targetDir = join(cargoTargetDir(), small ? "small" : ".", simd ? "." : "scalar");
  const more = small ? smallFlags : { args: [], rustflags: [], env: {} };
  const rustflags = [...more.rustflags, ...(simd ? [] : ["-Ctarget-feature=-simd128"])];
  const chosen = features.length > 0 ? ["--features", features.join(",")] : [];
  const args = ["build", "--release", "--lib", "-p", "lifeguard", ...chosen, "--target", wasmTarget, "--quiet", ...configOf(rustflags), ...more.args];
  const { code, output } = await run("cargo", args, {
    capture: small,
    allowFailure: small,
    env: { CARGO_TARGET_DIR: targetDir, ...more.env },
  });
  if (code !== 0) throw new Error(/^error.*$/m.exec(output)?.[0] ?? "cargo failed");
  return join(targetDir, wasmTarget, "release", "lifeguard.wasm");
}

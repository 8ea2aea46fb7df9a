// The Rust side of the set-up: toolchain, wasm target, and the tools of the pinned versions under .tools/.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { info, step, warn } from "./log.mjs";
import { geckodriverVersion, toolEnv, toolsDir, wasmBindgenVersion, wasmPackVersion, wasmTarget } from "./paths.mjs";
import { probe, run } from "./run.mjs";

const sysroot = () => probe("rustc", ["--print", "sysroot"]);
const hasRustSource = () => existsSync(join(sysroot() ?? "/nowhere", "lib/rustlib/src/rust/library/std"));

/** Whether std can be compiled along, which makes the release wasm smaller. */
export const canBuildStd = hasRustSource;

// A proxy of rustup that installs a whole toolchain while it is asked for its version would look like a hang.
const asked = (program, ...args) => probe(program, args, { env: toolEnv({ RUSTUP_AUTO_INSTALL: "0" }) });

export async function ensureRust() {
  if (!asked("rustc", "--version")) {
    if (!asked("rustup", "--version")) {
      throw new Error("Rust is missing: install it from https://rustup.rs and run this again");
    }
    await step("installing the Rust toolchain that rust-toolchain.toml names", async () => {
      const { code } = await run("rustup", ["toolchain", "install", "--no-self-update"], { allowFailure: true });
      // Before rustup 1.28 the file was read by other commands only.
      if (code !== 0) await run("rustup", ["show"]);
    });
  }
  if (!existsSync(join(sysroot(), "lib/rustlib", wasmTarget))) {
    await step(`adding the Rust target ${wasmTarget}`, () => run("rustup", ["target", "add", wasmTarget]));
  }
  if (!hasRustSource() && asked("rustup", "--version")) {
    const { code } = await step("adding rust-src (for the small release build)", () =>
      run("rustup", ["component", "add", "rust-src"], { allowFailure: true }),
    );
    if (code !== 0) warn("rust-src could not be added: the wasm will be built without it and be larger");
  }
}

/** What `npm run check` needs beyond a compiler. */
export async function ensureLinters() {
  const missing = [["clippy", "cargo-clippy"], ["rustfmt", "rustfmt"]].filter(([, binary]) => !asked(binary, "--version")).map(([name]) => name);
  if (missing.length > 0) await step(`adding ${missing.join(" and ")}`, () => run("rustup", ["component", "add", ...missing]));
}

const tools = {
  // Without --locked: the crate's own lock file names a version that registries may no longer serve.
  wasmBindgen: () => ({ crate: "wasm-bindgen-cli", binary: "wasm-bindgen", version: wasmBindgenVersion(), locked: false }),
  wasmPack: () => ({ crate: "wasm-pack", binary: "wasm-pack", version: wasmPackVersion, locked: true }),
  geckodriver: () => ({ crate: "geckodriver", binary: "geckodriver", version: geckodriverVersion, locked: true }),
};

const present = ({ binary, version }) => probe(binary, ["--version"])?.split(/\s+/)[1] === version;

/** Compiles what is missing. A tool on PATH of exactly the pinned version is as good as our own. */
export async function ensureTools(names) {
  const missing = names.map((name) => tools[name]()).filter((tool) => !present(tool));
  if (missing.length === 0) return;
  const targetDir = join(toolsDir, "target");
  info(`compiling ${missing.length} tool(s) once, into .tools/ (a few minutes each)`);
  for (const { crate, version, locked } of missing) {
    await step(`cargo install ${crate} ${version}`, () =>
      run("cargo", ["install", crate, "--version", version, "--root", toolsDir, "--force", "--quiet", ...(locked ? ["--locked"] : [])], {
        // One target folder lets the three share their dependencies; light optimization halves the wait and the
        // tools spend their time elsewhere anyway.
        env: {
          CARGO_TARGET_DIR: targetDir,
          CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
          CARGO_PROFILE_RELEASE_LTO: "off",
          CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
          CARGO_PROFILE_RELEASE_DEBUG: "0",
          RUSTFLAGS: "",
        },
      }),
    );
  }
  rmSync(targetDir, { recursive: true, force: true });
}

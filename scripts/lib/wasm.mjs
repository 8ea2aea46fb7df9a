// The wasm: cargo, wasm-bindgen, wasm-opt; from the root crate to pkg/. One module, and the same as JavaScript; and for
// tests both with an operation more, which stay out of pkg/.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { cargoTargetDir, compile, smallFlags } from "./compile.mjs";
import { textGlue, textOf } from "./glue.mjs";
import { info, seconds, step, warn } from "./log.mjs";
import { at, pkgDir, wasmBindgenVersion } from "./paths.mjs";
import { probe, run } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { canBuildStd } from "./tools.mjs";
import { makeJavascript, wasm2jsFlags } from "./wasm2js.mjs";

/** What every browser of the supported range has; wasm-opt refuses a module that uses more. */
const engineFeatures = ["bulk-memory", "simd", "sign-ext", "mutable-globals", "nontrapping-float-to-int", "reference-types", "multivalue"];

/**
 * The later rounds find what the ones before, which also even out nested blocks, have laid bare. Nothing lies in the
 * first kilobyte of the memory, which is the end of the stack.
 */
const passes = ["--low-memory-unused", "-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge"];

const sources = ["Cargo.toml", "Cargo.lock", ".cargo", "rust-toolchain.toml", "src", "arena/Cargo.toml", "arena/src", "modexp/Cargo.toml", "modexp/src", "scripts/lib/compile.mjs", "scripts/lib/glue.mjs", "scripts/lib/wasm2js.mjs"].map((path) => at(path));
/** What the package ships of pkg/: glue, the wasm, the same bytes as text, and the core as JavaScript. */
export const shippedFromPkg = ["lifeguard.js", "lifeguard_bg.wasm", "core/wasm-text.js", "core/wasm2js.js"];

const outputs = [...shippedFromPkg, ...shippedFromPkg.filter((name) => name.endsWith(".js")).map((name) => name.replace(/js$/, "d.ts"))].map((name) => join(pkgDir, name));

/** Both ways to build, and the folders of the modules for known answers that are built so. */
export const releases = ["small", "plain"];
const vectorsDir = (release) => join(cargoTargetDir(), "vectors", release);

const filesOf = (folder, release) => ({
  glue: join(folder, "lifeguard.js"),
  wasm: join(folder, "lifeguard_bg.wasm"),
  // Of one release: what flags might change is tested on the wasm.
  ...(release === "small" ? { javascript: join(folder, "core/wasm2js.js") } : {}),
});

/** Paths of such a module, `{ glue, wasm, javascript? }`, and how it was built, once it is. */
export function vectorsFiles(release = "small") {
  const folder = vectorsDir(release);
  const files = filesOf(folder, release);
  if (!existsSync(files.wasm)) throw new Error("the module for known answers is not built: npm run vectors builds it");
  return { ...files, kind: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).description };
}

const inBytes = (bytes) => `${bytes.length} bytes, ${brotliCompressSync(bytes).length} with brotli`;

/** What such a module weighs, in words. */
export function sizeOf(release) {
  const { wasm, kind } = vectorsFiles(release);
  return `${kind} release, with the operation for known answers: ${inBytes(readFileSync(wasm))}`;
}

/** Compiles the module and makes its files in a folder, the JavaScript where it is asked for. */
async function make(features, small, folder, hasJavascript) {
  const wasm = await compile({ features, small });
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
  if (!hasJavascript) return;
  const javascript = await makeJavascript({ features, small, passes });
  writeFileSync(join(folder, "core/wasm2js.js"), javascript.source);
  writeFileSync(join(folder, "core/wasm2js.d.ts"), javascript.types);
}

/** The smallest that can be made here; says which. */
async function makeSmallest(features, folder, plain, hasJavascript = true) {
  if (!plain && !canBuildStd()) warn("rust-src is missing: building the plain, larger wasm (rustup component add rust-src)");
  if (!plain && canBuildStd()) {
    try {
      await make(features, true, folder, hasJavascript);
      return "small";
    } catch (error) {
      warn(`the small release build failed, trying the plain one (${error.message})`);
    }
  }
  await make(features, false, folder, hasJavascript);
  return "plain";
}

/** What the files are made of. */
const inputsOf = (name, plain) =>
  hashOf(sources, [probe("rustc", ["-V"]), wasmBindgenVersion(), canBuildStd(), plain, engineFeatures, name, passes, JSON.stringify([smallFlags, wasm2jsFlags])]);

/** Fills pkg/ unless it is up to date. `plain` uses stable compiler flags only. */
export async function buildWasm({ plain = false, force = false } = {}) {
  const inputs = inputsOf("wasm", plain);
  if (!force && isFresh("wasm", inputs, outputs)) return false;
  const begin = Date.now();
  mkdirSync(pkgDir, { recursive: true });
  for (const name of readdirSync(pkgDir)) if (name.startsWith("lifeguard") || name === "core") rmSync(join(pkgDir, name), { recursive: true });
  const kind = await step("compiling the core to WebAssembly", () => makeSmallest([], pkgDir, plain));
  writeStamp("wasm", inputs, outputs);
  const bytes = (name) => inBytes(readFileSync(join(pkgDir, name)));
  info(`pkg/ built (${kind} release, ${bytes("lifeguard_bg.wasm")}; as JavaScript, for browsers without WebAssembly, ${bytes("core/wasm2js.js")}) in ${seconds(Date.now() - begin)}`);
  return true;
}

/** Makes a module for known answers unless it is up to date: by the flags of the package, and outside of it. */
export async function buildVectors(release = "small") {
  const folder = vectorsDir(release);
  const inputs = inputsOf("vectors", release === "plain");
  const outputs = Object.values(filesOf(folder, release));
  if (isFresh(`vectors-${release}`, inputs, outputs)) return;
  const begin = Date.now();
  rmSync(folder, { recursive: true, force: true });
  const kind = await step(`compiling the core with the operation for known answers, ${release}`, () => makeSmallest(["vectors"], folder, release === "plain", release === "small"));
  // Node asks the nearest manifest whether the glue is a module, and a target folder may be anywhere.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", description: kind }));
  writeStamp(`vectors-${release}`, inputs, outputs);
  info(`module for known answers built (${kind} release) in ${seconds(Date.now() - begin)}`);
}

// The core as JavaScript, for browsers and policies that run no WebAssembly: the same sources, with the arithmetic by
// BigInt through an import (modexp/src/bigint.rs, js/core/without-wasm.ts), through binaryen's wasm2js. No code of it
// is made from text at run time, so that it needs no `unsafe-eval`.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "./compile.mjs";
import { trimForJavascript } from "./glue.mjs";
import { run } from "./run.mjs";

/** What wasm2js knows, and what has to be said by that before. */
const features = ["bulk-memory", "bulk-memory-opt", "sign-ext", "mutable-globals", "nontrapping-float-to-int"];
const enable = ["--mvp-features", ...features.map((name) => `--enable-${name}`)];
const lower = ["--signext-lowering", "--llvm-nontrapping-fptoint-lowering"];

/** For stamps: all that shapes the file. */
export const wasm2jsFlags = [...enable, ...lower];

/** Source and types of the module. `options`: of compile, and the passes of wasm-opt. */
export async function makeJavascript({ features = [], small, passes }) {
  const compiled = await compile({ features: [...features, "bigint"], small, simd: false });
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-wasm2js-"));
  try {
    const [stripped, bound, optimized, made] = ["stripped.wasm", "core_bg.wasm", "optimized.wasm", "made.js"].map((name) => join(folder, name));
    // The section speaks of what the linker could do. wasm-bindgen reads it, and would return two results.
    await run("wasm-opt", [compiled, "--strip-target-features", "-o", stripped]);
    await run("wasm-bindgen", [stripped, "--target", "bundler", "--out-dir", folder, "--out-name", "core", "--remove-name-section", "--remove-producers-section"], { quiet: true });
    await trimForJavascript(bound, { malloc: mallocOf(readFileSync(join(folder, "core_bg.js"), "utf8")) });
    await run("wasm-opt", [bound, ...enable, ...lower, ...passes, "--strip-debug", "--strip-producers", "-o", optimized]);
    await run("wasm2js", [optimized, ...enable, "--deterministic", "-Oz", "-o", made], { quiet: true });
    return { source: await moduleOf(readFileSync(made, "utf8")), types };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** wasm-bindgen's name for it, by where its own glue passes it on. */
function mallocOf(glue) {
  const call = /passStringToWasm0\(message, wasm\.(\w+)/.exec(glue);
  if (!call) throw new Error("wasm-bindgen passes text in another way: scripts/lib/wasm2js.mjs does not know it");
  return call[1];
}

/** What wasm2js wrote as a module that makes as many instances as one asks for, each with all that is its own. */
async function moduleOf(made) {
  const begin = /^(import .*\n)+/.exec(made)?.[0].length ?? 0;
  const end = made.indexOf("\nvar retasmFunc");
  const copies = "newHEAP8.set(HEAP8);";
  if (begin === 0 || end < 0 || made.split(copies).length !== 2) throw new Error("wasm2js writes other files: scripts/lib/wasm2js.mjs does not know them");
  // SECURITY: nothing else could wipe the memory that a larger one replaces.
  const body = made.slice(begin, end).replace(copies, `${copies}HEAP8.fill(0);`);
  const { transform } = await import("esbuild");
  const { code } = await transform(`export function instantiate(imports) {${body}\nreturn asmFunc(imports);\n}`, { minify: true, format: "esm", target: "es2020" });
  return `// Made by scripts/lib/wasm2js.mjs.\n${code}`;
}

const types = `
/** What the core exports: its memory, and two functions on it. */
export interface Core {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(size: number, alignment: number): number;
  /** A step of a call: src/step.rs. Writes address and length of the answer to \`results\`. */
  step(results: number, start: number, length: number): void;
}
/** An instance of the core; what it imports is what the WebAssembly imports, and the arithmetic. */
export declare function instantiate(imports: WebAssembly.Imports): Core;
`;

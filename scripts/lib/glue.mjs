// The JavaScript side of a module that speaks in text alone: three imports, two exports. wasm-bindgen's own glue is made for
// all that may cross; this is a quarter of it, and is refused to a module that needs more.
import { readFileSync, writeFileSync } from "node:fs";

/** What such a module may import, by the start of the name that wasm-bindgen gives it. */
const known = {
  __wbg_getRandomValues_: "(start, length) => void crypto.getRandomValues(bytes(start, length))",
  __wbg_now_: "() => Date.now()",
  // Only for JavaScript values, of which none crosses.
  __wbindgen_init_externref_table: "() => {}",
};

/** What it exports and this glue or `js/core.ts` use. */
const exported = ["memory", "step", "prepare", "__wbindgen_malloc", "__wbindgen_start"];

/**
 * What has to follow wasm-bindgen's own glue: all that its module imports as one object. As a namespace it would cost every
 * page of a bundler that splits a helper at run time.
 */
export function importsOf(file) {
  const names = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => `  ${name},\n`);
  return `export const imports = {\n  __wbg_set_wasm,\n${names.join("")}};\n`;
}

/** Takes out of a module's file what only wasm-bindgen's own glue uses; returns source and types of this one. */
export async function textGlue(file) {
  // Here and not above: on a fresh machine set-up has to install it first.
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(readFileSync(file));
  const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => name);
  for (const name of names) if (!exported.includes(name)) module.removeExport(name);
  writeFileSync(file, module.emitBinary());
  module.dispose();
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => {
    const start = Object.keys(known).find((start) => name.startsWith(start));
    if (!start) throw new Error(`the module imports ${name}: scripts/lib/glue.mjs does not know it`);
    return `  ${name}: ${known[start]},\n`;
  });
  const source = `// Made by scripts/lib/glue.mjs.
let wasm;
const bytes = (start, length) => new Uint8Array(wasm.memory.buffer, start >>> 0, length);
export const imports = {
  __wbg_set_wasm: (exports) => {
    wasm = exports;
  },
${imports.join("")}};
export const prepare = () => wasm.prepare() !== 0;
export function step(job, message) {
  const text = new TextEncoder().encode(message);
  const start = wasm.__wbindgen_malloc(text.length, 1);
  bytes(start, text.length).set(text);
  // The module frees nothing, so nothing is given back.
  return new TextDecoder().decode(bytes(...wasm.step(job, start, text.length)));
}
`;
  const types = `/** What the module imports, and the function by which this file gets to know the instance. */
export declare const imports: object;
/** A slice of the arithmetic of the next sign-in; whether it was the last: src/bindings/sign_in.rs. */
export declare function prepare(): boolean;
/** A step of a call: src/bindings/sign_in.rs. */
export declare function step(job: number, message: string): string;
`;
  return { source, types };
}

// The JavaScript side of the modules. Of one that speaks in text alone: two imports, four exports. wasm-bindgen's own glue is
// made for all that may cross; this is a sixth of it, and is refused to a module that needs more.
import { readFileSync, writeFileSync } from "node:fs";

/** What the wrapper sees of every module's glue. */
const sharedTypes = `
/** What the module imports. */
export declare const imports: WebAssembly.Imports;
/** By which this file gets to know the instance. */
export declare function begin(exports: WebAssembly.Exports): void;
`;

/**
 * What has to follow wasm-bindgen's own glue. Its imports are one object: as a namespace they would cost every page of a
 * bundler that splits a helper at run time.
 */
export function restOfGlue(file) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)));
  const [{ module }] = imports;
  const source = `
export const imports = {
  "${module}": {
${imports.map(({ name }) => `    ${name},\n`).join("")}  },
};
export function begin(exports) {
  __wbg_set_wasm(exports);
  wasm.__wbindgen_start();
}
`;
  return { source, types: sharedTypes };
}

/** What a module that speaks in text may import, by the start of the name that wasm-bindgen gives it; its name here, and what it is. */
const known = {
  __wbg_getRandomValues_: { name: "random", source: "(start, length) => void crypto.getRandomValues(bytes(start, length))" },
  __wbg_now_: { name: "now", source: "() => Date.now()" },
};
/** Under this name it imports them. */
const page = "page";

/** Only for JavaScript values, of which none crosses: all that `__wbindgen_start` does. */
const tableOfValues = "__wbindgen_init_externref_table";

/** What it exports and this glue or `js/core.ts` use; other names stand for wasm-bindgen's. */
const exported = { memory: "memory", step: "step", prepare: "prepare", malloc: "__wbindgen_malloc" };

/** Takes out of such a module's file what only wasm-bindgen's own glue uses; returns source and types of this one. */
export async function textGlue(file) {
  // Here and not above: on a fresh machine set-up has to install it first.
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(readFileSync(file));
  const exportOf = (name) => binaryen.getExportInfo(module.getExport(name));
  const functionOf = (name) => binaryen.getFunctionInfo(module.getFunction(name));
  if (functionOf(exportOf("__wbindgen_start").value).base !== tableOfValues) throw new Error("the module does more when it starts: scripts/lib/glue.mjs does not know it");
  const { malloc } = exported;
  module.addFunctionExport(exportOf(malloc).value, "malloc");
  const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => name);
  for (const name of names) if (!(name in exported)) module.removeExport(name);
  module.runPasses(["remove-unused-module-elements"]);
  const imports = Array.from({ length: module.getNumFunctions() }, (_, index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)))
    .filter(({ base }) => base)
    .map(({ name: internal, base, params, results }) => {
      const start = Object.keys(known).find((start) => base.startsWith(start));
      if (!start) throw new Error(`the module imports ${base}: scripts/lib/glue.mjs does not know it`);
      const { name, source } = known[start];
      module.removeFunction(internal);
      module.addFunctionImport(internal, page, name, params, results);
      return `    ${name}: ${source},\n`;
    });
  writeFileSync(file, module.emitBinary());
  module.dispose();
  const source = `// Made by scripts/lib/glue.mjs.
let wasm;
const bytes = (start, length) => new Uint8Array(wasm.memory.buffer, start >>> 0, length);
export const imports = {
  ${page}: {
${imports.join("")}  },
};
export function begin(exports) {
  wasm = exports;
}
export const prepare = () => wasm.prepare() !== 0;
export function step(job, message) {
  const text = new TextEncoder().encode(message);
  const start = wasm.malloc(text.length, 1);
  bytes(start, text.length).set(text);
  // The module frees nothing, so nothing is given back.
  return new TextDecoder().decode(bytes(...wasm.step(job, start, text.length)));
}
`;
  const types = `${sharedTypes}/** A slice of the arithmetic of the next sign-in; whether it was the last: src/bindings/sign_in.rs. */
export declare function prepare(): boolean;
/** A step of a call: src/bindings/sign_in.rs. */
export declare function step(job: number, message: string): string;
`;
  return { source, types };
}

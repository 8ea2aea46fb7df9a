// The JavaScript side of the module, which speaks in text: two imports, three exports. wasm-bindgen's own glue is
// made for all that may cross; this is a sixth of it, and is refused to a module that needs more.
import { readFileSync, writeFileSync } from "node:fs";

/** What a module that speaks in text may import, by the start of the name that wasm-bindgen gives it; its name here, and what it is. */
const known = {
  __wbg_getRandomValues_: { name: "random", source: "(start, length) => void crypto.getRandomValues(bytes(start, length))" },
  __wbg_now_: { name: "now", source: "() => Date.now()" },
};
/** What the module that becomes JavaScript imports: js/core/without-wasm.ts has the last. */
const knownToJavascript = { ...known, modular: { name: "modular" } };
/** Under this name it imports them. */
const page = "page";

/** Only for JavaScript values, of which none crosses: all that `__wbindgen_start` does. */
const tableOfValues = "__wbindgen_init_externref_table";

/** What it exports and this glue or `js/core/load.ts` use; other names stand for wasm-bindgen's. */
const exported = { memory: "memory", step: "step", malloc: "__wbindgen_malloc" };

/** Takes out of such a module's file what only wasm-bindgen's own glue uses; returns source and types of this one. */
export async function textGlue(file) {
  const imports = await trim(file, exported, known, (binaryen, module) => {
    const { value } = binaryen.getExportInfo(module.getExport("__wbindgen_start"));
    if (binaryen.getFunctionInfo(module.getFunction(value)).base !== tableOfValues) throw new Error("the module does more when it starts: scripts/lib/glue.mjs does not know it");
  });
  const source = `// Made by scripts/lib/glue.mjs.
let wasm;
const bytes = (start, length) => new Uint8Array(wasm.memory.buffer, start >>> 0, length);
export const imports = {
  ${page}: {
${imports.map(({ name, source }) => `    ${name}: ${source},\n`).join("")}  },
};
export function begin(exports) {
  wasm = exports;
}
export function step(message) {
  const text = new TextEncoder().encode(message);
  const start = wasm.malloc(text.length, 1);
  bytes(start, text.length).set(text);
  // The module frees nothing, so nothing is given back.
  return new TextDecoder().decode(bytes(...wasm.step(start, text.length)));
}
`;
  const types = `
/** What the module imports. */
export declare const imports: WebAssembly.Imports;
/** By which this file gets to know the instance. */
export declare function begin(exports: WebAssembly.Exports): void;
/** A step of a call: src/step.rs. */
export declare function step(message: string): string;
`;
  return { source, types };
}

/** The same for the module that becomes JavaScript, whose exports wasm-bindgen names as `theirs` has it. */
export const trimForJavascript = (file, theirs) => trim(file, { ...exported, ...theirs }, knownToJavascript);

/** Leaves these exports, by our names for them, and names the imports; returns what is known of these. */
async function trim(file, exported, known, check = () => {}) {
  // Here and not above: on a fresh machine set-up has to install it first.
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(readFileSync(file));
  check(binaryen, module);
  const { malloc } = exported;
  module.addFunctionExport(binaryen.getExportInfo(module.getExport(malloc)).value, "malloc");
  const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => name);
  for (const name of names) if (!(name in exported)) module.removeExport(name);
  module.runPasses(["remove-unused-module-elements"]);
  const imports = Array.from({ length: module.getNumFunctions() }, (_, index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)))
    .filter(({ base }) => base)
    .map(({ name: internal, base, params, results }) => {
      const start = Object.keys(known).find((start) => base.startsWith(start));
      if (!start) throw new Error(`the module imports ${base}: scripts/lib/glue.mjs does not know it`);
      module.removeFunction(internal);
      module.addFunctionImport(internal, page, known[start].name, params, results);
      return known[start];
    });
  writeFileSync(file, module.emitBinary());
  module.dispose();
  return imports;
}

/** The bytes of a file as a JavaScript string, a code point for each: 0 to 255. For pages whose server or bundler has no such file. */
export function textOf(bytes) {
  const short = { 0x0a: "\\n", 0x0d: "\\r", 0x22: '\\"', 0x5c: "\\\\" };
  let text = "";
  for (const [at, byte] of bytes.entries()) {
    // Only what a string literal cannot hold, and the zero: each further escape costs what brotli finds in the file.
    const isBeforeDigit = bytes[at + 1] >= 0x30 && bytes[at + 1] <= 0x39;
    const zero = isBeforeDigit ? "\\x00" : "\\0";
    text += byte === 0 ? zero : (short[byte] ?? String.fromCharCode(byte));
  }
  // What would end a script element of a page that has this inside.
  const source = `export const text = "${text.replaceAll("</", "<\\/").replaceAll("<!--", "<\\!--")}";\n`;
  return { source, types: "export declare const text: string;\n" };
}

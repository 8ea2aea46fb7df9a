// The core of the package as WebAssembly, in this process: built with the operation that known answers go through.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { openCore as open } from "../../scripts/lib/vector-runner.mjs";
import { vectorsFiles } from "../../scripts/lib/wasm.mjs";

/** A core; `core.call("srpVector", …)` tells every symbol of a handshake. */
export async function openCore() {
  const { glue, wasm } = vectorsFiles();
  return open(await import(pathToFileURL(glue).href), readFileSync(wasm));
}

// The packed package's own WebAssembly, in this process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packedPackage } from "../../scripts/lib/pack.mjs";
import { openCore as open } from "../../scripts/lib/vector-runner.mjs";

/** A core; `core.call("srpVector", …)` tells every symbol of a handshake. */
export async function openCore() {
  const glue = await import(pathToFileURL(join(packedPackage, "dist/lifeguard-sign-in.js")).href);
  return open(glue, readFileSync(join(packedPackage, "dist/lifeguard-sign-in_bg.wasm")));
}

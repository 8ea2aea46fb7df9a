// The packed package's own WebAssembly, in this process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packedPackage } from "../../scripts/lib/pack.mjs";

/** One core for a pool; `core.call("srpVector", …)` tells every symbol of a handshake. */
export async function openCore({ userPoolId = "us-east-1_Ab1C2d3E4", clientId = "1example23456789abcdefghij" } = {}) {
  const glue = await import(pathToFileURL(join(packedPackage, "dist/lifeguard-sign-in.js")).href);
  await glue.default({ module_or_path: readFileSync(join(packedPackage, "dist/lifeguard-sign-in_bg.wasm")) });
  return new glue.Core({ userPoolId, clientId }, {});
}

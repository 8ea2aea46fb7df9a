// dist/: the compiled wrapper with the glue and the wasm beside it, so that npm users get one folder.
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { step } from "./log.mjs";
import { at, distDir, pkgDir } from "./paths.mjs";
import { tsc } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";
import { shippedFromPkg } from "./wasm.mjs";

// The wrapper imports the glue, "../lifeguard.js", and names the wasm by `new URL(…, import.meta.url)`: both are
// in dist/ as well, and tsconfig's rootDirs makes the compiler see them there in the sources, too.

export async function buildDist({ force = false } = {}) {
  const inputs = hashOf([at("js"), at("tsconfig.json"), at("tsconfig.build.json"), at("package-lock.json"), pkgDir]);
  if (!force && isFresh("dist", inputs, [distDir])) return false;
  rmSync(distDir, { recursive: true, force: true });
  mkdirSync(distDir, { recursive: true });
  await step("compiling the wrapper", () => tsc("-p", at("tsconfig.build.json")));
  for (const name of shippedFromPkg) copyFileSync(join(pkgDir, name), join(distDir, name));
  if (!existsSync(join(distDir, "index.js"))) throw new Error("js/index.ts is missing: dist/ has no entry");
  writeStamp("dist", inputs, [distDir]);
  return true;
}

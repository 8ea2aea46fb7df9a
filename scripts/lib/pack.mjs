// The packed package, unpacked as a stranger would have it: <cargo target>/packed/node_modules/lifeguard-cognito.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { at, distDir } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";

export const packedRoot = join(process.env.CARGO_TARGET_DIR ?? at("target"), "packed");
export const packedPackage = join(packedRoot, "node_modules", "lifeguard-cognito");
export const packedTarball = join(packedRoot, "lifeguard-cognito.tgz");

/** Runs `npm pack` on what is built and unpacks the tarball; skips when neither changed. */
export async function pack() {
  const inputs = hashOf([distDir, at("package.json"), at("README.md"), at("CHANGELOG.md"), at("LICENSE-MIT"), at("LICENSE-APACHE")]);
  const outputs = [packedTarball, packedPackage];
  if (existsSync(packedPackage) && isFresh("packed", inputs, outputs)) return;
  if (!existsSync(join(distDir, "index.js"))) throw new Error("nothing to pack: run npm run build first");
  rmSync(packedPackage, { recursive: true, force: true });
  mkdirSync(packedPackage, { recursive: true });
  await run("npm", ["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", packedRoot], { quiet: true });
  const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  renameSync(join(packedRoot, `lifeguard-cognito-${version}.tgz`), packedTarball);
  await run("tar", ["-xzf", packedTarball, "-C", packedPackage, "--strip-components=1"], { quiet: true });
  if (readdirSync(packedPackage).length === 0) throw new Error("npm pack made an empty package");
  writeStamp("packed", inputs, outputs);
}

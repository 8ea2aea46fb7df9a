// npm packages of the root and of the folders beside it, installed when their lock file changed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { step, warn } from "./log.mjs";
import { at } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";

/** `folder` is relative to the root; a folder without package.json is not there yet and is left out. */
export async function ensureNpm(folder) {
  const dir = at(folder);
  const manifest = join(dir, "package.json");
  const lock = join(dir, "package-lock.json");
  if (!existsSync(manifest)) return;
  const name = `npm-${folder === "." ? "root" : folder.replaceAll("/", "-")}`;
  // Only lock files decide: editing a script in package.json is no reason to install again.
  const inputs = () => hashOf([existsSync(lock) ? lock : manifest]);
  if (existsSync(join(dir, "node_modules", ".package-lock.json")) && isFresh(name, inputs())) return;
  const command = existsSync(lock) ? "ci" : "install";
  const quietly = ["--no-audit", "--no-fund", "--loglevel=error"];
  await step(`npm ${command} in ${folder === "." ? "the root" : `${folder}/`}`, async () => {
    const { code } = await run("npm", [command, ...quietly], { cwd: dir, capture: true, allowFailure: command === "ci" });
    if (code === 0) return;
    // A registry that lacks one platform's optional package makes a lock file that `ci` calls out of step.
    warn(`npm ci in ${folder} failed: the lock file is out of step; installing without it`);
    await run("npm", ["install", "--no-package-lock", ...quietly], { cwd: dir, quiet: true });
  });
  writeStamp(name, inputs());
}

// "Is this step done already?", answered by content: a stamp holds the hash of what went in and of what came out.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root, toolsDir } from "./paths.mjs";

const stampsDir = join(toolsDir, "stamps");
const skipped = new Set(["node_modules", "target", ".git"]);

/** Every file below the given paths, sorted; missing paths are no error. */
export function filesUnder(...paths) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) return void found.push(path);
    for (const name of readdirSync(path)) if (!skipped.has(name)) visit(join(path, name));
  };
  paths.forEach(visit);
  return found.sort();
}

/** Hash over names and contents of files, and over any further facts. */
export function hashOf(paths, facts = []) {
  const hash = createHash("sha256");
  for (const file of filesUnder(...paths)) {
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  for (const fact of facts) hash.update(String(fact)).update("\0");
  return hash.digest("hex");
}

const stampFile = (name) => join(stampsDir, `${name}.json`);

/** Whether the step of this name last ran with these inputs and its outputs are untouched. */
export function isFresh(name, inputs, outputs = []) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile(name), "utf8"));
    return stamp.inputs === inputs && stamp.outputs === hashOf(outputs);
  } catch {
    return false;
  }
}

export function writeStamp(name, inputs, outputs = []) {
  mkdirSync(stampsDir, { recursive: true });
  writeFileSync(stampFile(name), JSON.stringify({ inputs, outputs: hashOf(outputs) }));
}

export const dropStamp = (name) => rmSync(stampFile(name), { force: true });

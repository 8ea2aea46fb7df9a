// The demo page, built as a stranger would: a copy of www/ whose only lifeguard-cognito is the packed one.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { step } from "./log.mjs";
import { packedPackage, packedRoot } from "./pack.mjs";
import { at } from "./paths.mjs";
import { run } from "./run.mjs";
import { hashOf, isFresh, writeStamp } from "./stamp.mjs";

const copy = join(packedRoot, "www");
export const demoDist = join(copy, "dist");

/** Builds the demo against the packed package; expects `pack()` to have run. */
export async function buildDemo() {
  const sources = readdirSync(at("www")).filter((name) => !["node_modules", "dist"].includes(name));
  const inputs = hashOf([...sources.map((name) => at("www", name)), packedPackage]);
  if (isFresh("demo", inputs, [demoDist])) return;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(copy, "node_modules"), { recursive: true });
  for (const name of sources) cpSync(at("www", name), join(copy, name), { recursive: true });
  for (const name of readdirSync(at("www", "node_modules"))) {
    if (name !== "lifeguard-cognito" && name !== ".vite") symlinkSync(at("www", "node_modules", name), join(copy, "node_modules", name));
  }
  await step("building the demo page", () => run(join(copy, "node_modules/.bin/vite"), ["build", "--logLevel", "warn"], { cwd: copy, quiet: true }));
  if (!existsSync(join(demoDist, "index.html"))) throw new Error("the demo's build made no index.html");
  writeStamp("demo", inputs, [demoDist]);
}

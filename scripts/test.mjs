#!/usr/bin/env node
// Everything there is to test, on a fresh machine too; the last line says how many passed.
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { bad, done, fail, info, seconds } from "./lib/log.mjs";
import { pack } from "./lib/pack.mjs";
import { add, none, parts } from "./lib/parts.mjs";
import { buildVectors } from "./lib/wasm.mjs";
import { setup } from "./setup.mjs";

const help = `
npm test -- [part …] [--engine NAME] [--only TEXT] [--no-build]

Sets up what is missing, builds, and runs these parts, all of them by default:
${Object.entries(parts).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`).join("\n")}

  --engine NAME  only this engine (chromium, firefox, webkit; may be repeated); same as ENGINES=a,b
  --only TEXT    of e2e and interop only the files whose name contains this
  --no-build     takes the package, and the modules for known answers, as they were built last

A browser that is missing is skipped, loudly; with CI=true it is a failure.
`;

const { values, positionals } = readArgs(
  help,
  { engine: { type: "string", multiple: true }, only: { type: "string" }, "no-build": { type: "boolean" } },
  { allowPositionals: true },
);
if (values.engine) process.env.ENGINES = values.engine.join(",");

try {
  const unknown = positionals.filter((name) => !parts[name]);
  if (unknown.length > 0) throw new Error(`unknown part ${unknown.join(", ")}: choose from ${Object.keys(parts).join(", ")}`);
  const chosen = positionals.length > 0 ? Object.keys(parts).filter((name) => positionals.includes(name)) : Object.keys(parts);

  await setup(chosen.every((name) => ["native", "simulation", "types", "package"].includes(name)) ? "build" : "test");
  if (!values["no-build"] && chosen.some((name) => parts[name].needsPackage)) {
    await build();
    await pack();
  }
  if (!values["no-build"]) {
    const releases = new Set(chosen.flatMap((name) => parts[name].needsVectors?.(values.only) ?? []));
    for (const release of releases) await buildVectors(release);
  }

  const rows = [];
  for (const name of chosen) {
    info(`${name}: ${parts[name].about}`);
    const begin = Date.now();
    const counts = await parts[name].run(values.only).catch((error) => {
      bad(`${name}: ${error.message}`);
      return { ...none(), failed: 1, failures: [error.message] };
    });
    rows.push({ name, counts, took: Date.now() - begin });
  }

  console.log("\nSummary");
  for (const { name, counts, took } of rows) {
    const text = `${name.padEnd(10)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(4)} failed ${String(counts.skipped).padStart(4)} skipped   ${seconds(took)}`;
    (counts.failed > 0 ? bad : done)(text);
  }
  const { passed, failed, skipped, failures } = add(...rows.map(({ counts }) => counts));
  // Once more at the end: what a log's last page shows.
  for (const failure of failures) bad(`FAILED ${failure}`);
  if (failed > 0) process.exitCode = 1;
  // Last, and alone on its line: scripts read it.
  process.on("exit", () => console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`));
} catch (error) {
  fail(error);
}

// A stranger's strict TypeScript project, without skipLibCheck, against the packed package.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { packedRoot } from "../../scripts/lib/pack.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";

const sources = fileURLToPath(new URL("./stranger", import.meta.url));
const compilers = { "the newest compiler": "typescript", "TypeScript 5.4": "typescript-5.4" };
const resolutions = {
  bundler: { module: "esnext", moduleResolution: "bundler" },
  node16: { module: "node16", moduleResolution: "node16" },
};

for (const [title, compiler] of Object.entries(compilers)) {
  for (const [resolution, options] of Object.entries(resolutions)) {
    test(`a strict project compiles with ${title}, moduleResolution ${resolution}`, async () => {
      const project = join(packedRoot, `types-${compiler}-${resolution}`);
      rmSync(project, { recursive: true, force: true });
      mkdirSync(project, { recursive: true });
      cpSync(sources, project, { recursive: true });
      writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
      const compilerOptions = {
        ...options, target: "es2022", lib: ["es2022", "dom"], types: [], noEmit: true, skipLibCheck: false,
        strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true,
      };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));

      const { code, output } = await run(process.execPath, [at("node_modules", compiler, "bin/tsc"), "-p", project], { capture: true, allowFailure: true });

      assert.equal(code, 0, output);
    });
  }
}

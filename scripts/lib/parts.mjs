// The parts of `npm test`. Each resolves to { passed, failed, skipped } and never throws for a failing test.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findBrowsers, isComplete } from "./browsers.mjs";
import { buildDemo } from "./demo.mjs";
import { buildDevServer, startDevServer } from "./dev-server.mjs";
import { bad, info, step, warn } from "./log.mjs";
import { pack } from "./pack.mjs";
import { at } from "./paths.mjs";
import { run } from "./run.mjs";
import { buildRustExamples } from "./rust-examples.mjs";
import { fixedSeeds, seedOfThisCode, simulation } from "./simulation.mjs";
import { freePort } from "./static.mjs";
import { releases, sizeOf } from "./wasm.mjs";

/** `failures`: the name of each failed test and, where it is known, why; the summary repeats them. */
const none = () => ({ passed: 0, failed: 0, skipped: 0, failures: [] });
const add = (...all) =>
  all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
      failures: [...sum.failures, ...(one.failures ?? [])],
    }),
    none(),
  );
const filesIn = (folder, pattern) => (existsSync(at(folder)) ? readdirSync(at(folder)).filter((name) => pattern.test(name)).sort().map((name) => join(folder, name)) : []);

/** A thing that could not run: a failure where everything is expected to be there. */
function missing(reason) {
  const strict = process.env.CI === "true";
  (strict ? bad : warn)(`SKIPPED ${reason}`);
  return strict ? { ...none(), failed: 1, failures: [reason] } : { ...none(), skipped: 1 };
}

/** Runs something that prints `test result: ok. 3 passed; 0 failed; 1 ignored; …`, as cargo and wasm-pack do. */
async function countedRun(command, args, options = {}) {
  const counts = none();
  const names = new Set();
  let isListing = false;
  const { code } = await run(command, args, {
    ...options,
    allowFailure: true,
    onLine: (line) => {
      console.log(`  ${line}`);
      // Both runners list the failed ones by name, indented, below "failures:".
      if (/^\s*failures:$/.test(line)) isListing = true;
      else if (isListing && /^ {4}\S+$/.test(line)) names.add(line.trim());
      const result = /test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/.exec(line);
      if (!result) return;
      isListing = false;
      counts.passed += Number(result[1]);
      counts.failed += Number(result[2]);
      counts.skipped += Number(result[3]);
    },
  });
  // Did not compile, crashed, or found nothing to run: that is a failure, too.
  if (code !== 0 && counts.failed === 0) {
    counts.failed = 1;
    names.add(`${command} ended with code ${code}`);
  }
  return { ...counts, failures: [...names] };
}

/** Runs files with node's own test runner. */
async function nodeTest(files, { env = {}, concurrency = 1 } = {}) {
  if (files.length === 0) return none();
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-counts-"));
  const counts = join(folder, "counts");
  const args = ["--test", `--test-concurrency=${concurrency}`, `--test-reporter=${at("scripts/lib/reporter.mjs")}`, "--test-reporter-destination=stdout", ...files];
  const { code } = await run(process.execPath, args, { env: { ...env, COUNTS_FILE: counts }, allowFailure: true });
  const total = existsSync(counts) ? add(...readFileSync(counts, "utf8").trim().split("\n").map((line) => JSON.parse(line))) : none();
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 && total.failed === 0) return { ...total, failed: 1, failures: [`the test runner ended with code ${code}`] };
  return total;
}

/** A script of ours that counts as one test. */
async function oneTest(name, command, args) {
  const { code } = await run(command, args, { allowFailure: true });
  console.log(code === 0 ? `  ✓ ${name}` : `  ✗ ${name}`);
  return code === 0 ? { ...none(), passed: 1 } : { ...none(), failed: 1, failures: [name] };
}

/** The files of interop that a run takes. */
const interopFiles = (filter) => filesIn("interop", /\.test\.mjs$/).filter((file) => !filter || file.includes(filter));

/** Files of stories that must hold without WebAssembly, too: each way in, the session, an account. */
const withoutWasm = ["sign-in", "challenges", "session-network", "account", "redirect"];

const chosenEngines = () => (process.env.ENGINES ?? "chromium,firefox,webkit").split(",");

async function wasmTests(engine, flag, pool) {
  const programs = findBrowsers()[engine];
  if (!isComplete(programs)) return missing(`wasm tests in ${engine}: browser or driver not installed`);
  const driver = [`--${flag}driver`.replace("firefoxdriver", "geckodriver"), programs.driver];
  const run = (crate, names) => {
    const tests = names.flatMap((name) => ["--test", name]);
    return countedRun("wasm-pack", ["test", "--headless", `--${flag}`, ...driver, "--mode", "no-install", crate, ...tests], {
      env: { WASM_BINDGEN_TEST_TIMEOUT: "120", LIFEGUARD_POOL: pool.url },
    });
  };
  const named = (folder, pattern) => filesIn(folder, pattern).map((file) => basename(file, ".rs"));
  return add(await run(".", named("tests", /^browser_.*\.rs$/)), await run("web", named("web/tests", /\.rs$/)));
}

export const parts = {
  native: {
    about: "cargo test --workspace",
    run: () => countedRun("cargo", ["test", "--workspace", "--no-fail-fast", "--quiet"]),
  },
  simulation: {
    about: "200,000 steps of the session in simulated browsers that are others for each change of the core, and worlds that broke a promise once",
    // Many short worlds: once a store was wiped, some promises cannot be held against its world any more.
    run: () => countedRun("cargo", [...simulation, fixedSeeds], { env: { LIFEGUARD_SEED: seedOfThisCode(), LIFEGUARD_STEPS: "400", LIFEGUARD_SEEDS: "500" } }),
  },
  wasm: {
    about: "tests/browser_*.rs and web/tests by wasm-pack in headless Chromium and Firefox; the small and the plain release, and the core as JavaScript, in node",
    needsPackage: true,
    needsVectors: () => releases,
    async run() {
      for (const release of releases) info(sizeOf(release));
      const results = [await nodeTest(filesIn("tests/wasm", /\.test\.mjs$/))];
      await step("building the dev-server", buildDevServer);
      // One for both engines: its address is compiled into the tests.
      const pool = await startDevServer({ port: await freePort() });
      try {
        for (const [engine, flag] of [["chromium", "chrome"], ["firefox", "firefox"]]) {
          if (chosenEngines().includes(engine)) results.push(await step(`wasm-pack test in ${engine}`, () => wasmTests(engine, flag, pool)));
        }
      } finally {
        await pool.stop();
      }
      return add(...results);
    },
  },
  types: {
    about: "a stranger's TypeScript project against the packed package",
    needsPackage: true,
    run: () => nodeTest(filesIn("tests/types", /\.test\.mjs$/)),
  },
  verify: {
    about: "lifeguard-cognito/verify, auth.fetch, auth.signedFetch, passwordRules, the effects and the session's reducer in Node, every rule broken by itself",
    needsPackage: true,
    run: () => nodeTest(["tests/verify", "tests/effects", "tests/session", "tests/redirect"].flatMap((folder) => filesIn(folder, /\.test\.mjs$/))),
  },
  docs: {
    about: "docs/migrating.md against the libraries people come from; pieces of the docs against the packed package; the tests that SECURITY.md names",
    needsPackage: true,
    run: () => nodeTest(["tests/migrating.test.mjs", "tests/snippets.test.mjs", "tests/security.test.mjs"]),
  },
  package: {
    about: "the tarball's contents, publint and are-the-types-wrong",
    needsPackage: true,
    run: () => nodeTest(filesIn("tests/package", /\.test\.mjs$/)),
  },
  bundlers: {
    about: "Vite 5 to 8, webpack, Rollup, esbuild and Parcel take the packed package; Chromium loads what they make",
    needsPackage: true,
    run: () => nodeTest(filesIn("tests/bundlers", /\.test\.mjs$/)),
  },
  vectors: {
    about: "tests/vectors/srp_vectors.json through the package's core as wasm, and without it, in node and each engine",
    needsPackage: true,
    needsVectors: () => ["small"],
    async run() {
      const results = [];
      for (const engine of ["node", ...chosenEngines()]) {
        if (engine !== "node" && !isComplete(findBrowsers()[engine])) results.push(missing(`vectors in ${engine}: not installed`));
        else
          for (const [name, args] of [["vectors", []], ["vectors without wasm", ["--without-wasm"]]])
            results.push(await oneTest(`${name} in ${engine}`, process.execPath, [at("scripts/vectors.mjs"), at("tests/vectors/srp_vectors.json"), "--engine", engine, "--no-build", ...args]));
      }
      return add(...results);
    },
  },
  e2e: {
    about: "user stories in Chromium, Firefox and WebKit",
    needsPackage: true,
    async run(filter) {
      await step("building the dev-server", buildDevServer);
      await buildDemo();
      return nodeTest(filesIn("e2e", /\.stories\.mjs$/).filter((file) => !filter || file.includes(filter)), { concurrency: 2 });
    },
  },
  "rust-pages": {
    about: "the examples in Rust (Leptos, Yew) in Chromium: a second factor, the guard, a session shared with a page in TypeScript",
    needsPackage: true,
    async run(filter) {
      if (!chosenEngines().includes("chromium")) return none();
      await step("building the dev-server", buildDevServer);
      await buildRustExamples();
      const files = filesIn("e2e/rust", /\.stories\.mjs$/).filter((file) => !filter || file.includes(filter));
      return nodeTest(files, { concurrency: 2, env: { ENGINES: "chromium" } });
    },
  },
  "without-wasm": {
    about: `the stories ${withoutWasm.join(", ")} in Chromium on pages without WebAssembly, on the core as JavaScript`,
    needsPackage: true,
    async run(filter) {
      if (!chosenEngines().includes("chromium")) return none();
      await step("building the dev-server", buildDevServer);
      await buildDemo();
      const files = withoutWasm.map((name) => at(`e2e/${name}.stories.mjs`)).filter((file) => !filter || file.includes(filter));
      return nodeTest(files, { concurrency: 2, env: { WITHOUT_WASM: "1", ENGINES: "chromium" } });
    },
  },
  interop: {
    about: "other people's clients and servers",
    needsPackage: true,
    needsVectors: (filter) => (interopFiles(filter).some((file) => readFileSync(at(file), "utf8").includes("lib/core.mjs")) ? ["small"] : []),
    async run(filter) {
      await step("building the dev-server", buildDevServer);
      return nodeTest(interopFiles(filter));
    },
  },
};

export { add, none, pack };

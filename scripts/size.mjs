#!/usr/bin/env node
// Bytes: of each file we ship, and of what a page loads.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { done, fail, warn } from "./lib/log.mjs";
import { pack, packedPackage, packedRoot } from "./lib/pack.mjs";
import { at } from "./lib/paths.mjs";
import { setup } from "./setup.mjs";

const help = `
npm run size -- [--check] [--no-build]

Prints raw, gzip and brotli (quality 11) bytes of each shipped file and of two bundles made by esbuild, minified, from
the packed package: a page that signs a person in, and a page of somebody already signed in up to the first
authenticated request. Writes bench/results/size.json.
  --check     fails when a bundle is larger than bench/budget.json allows
  --no-build  takes the package as it was packed last
`;

/** What each page does, in its own words; the wasm is loaded by both only if the code path asks for it. */
const pages = {
  signIn: {
    about: "signs in with a password and answers every challenge",
    wasm: true,
    source: `
      import { createAuth } from "lifeguard-cognito";
      const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
      globalThis.signIn = (input) => auth.signIn(input);
      globalThis.answer = (challenge, answer) => auth.answerChallenge(challenge, answer);`,
  },
  signedIn: {
    about: "somebody already signed in: a fresh token for the first request",
    wasm: false,
    source: `
      import { createAuth } from "lifeguard-cognito";
      const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
      auth.getAccessToken().then((token) => fetch("/api", { headers: { authorization: "Bearer " + token } }));`,
  },
};

const sizes = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length,
});
const sum = (all) => all.reduce((a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli }), { raw: 0, gzip: 0, brotli: 0 });

/**
 * Bundles a page with code splitting, as applications do, and counts what is loaded: the entry with its static
 * imports, and the lazy chunks and the wasm when the page needs them.
 */
async function measure(name, { source, wasm }) {
  // Here and not above: on a fresh machine set-up has to install it first.
  const { build: bundle } = await import("esbuild");
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-size-"));
  try {
    const { metafile } = await bundle({
      stdin: { contents: source, resolveDir: packedRoot, sourcefile: `${name}.js` },
      outdir: folder, bundle: true, minify: true, splitting: true, format: "esm", target: "es2022", metafile: true, logLevel: "error", legalComments: "none",
    });
    const outputs = Object.entries(metafile.outputs);
    const loaded = new Set();
    const load = (file) => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
        if (kind === "import-statement" || (wasm && kind === "dynamic-import")) load(path);
      }
    };
    load(outputs.find(([, output]) => output.entryPoint)[0]);
    const parts = [...loaded].map((file) => sizes(readFileSync(file.startsWith("/") ? file : join(process.cwd(), file))));
    if (wasm) parts.push(sizes(readFileSync(join(packedPackage, "dist/lifeguard_bg.wasm"))));
    return sum(parts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shippedFiles() {
  const visit = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? visit(join(folder, entry.name)) : [join(folder, entry.name)]));
  return Object.fromEntries(visit(packedPackage).sort().map((file) => [relative(packedPackage, file), sizes(readFileSync(file))]));
}

const line = (name, { raw, gzip, brotli }) => `${name.padEnd(34)} ${String(raw).padStart(9)} ${String(gzip).padStart(9)} ${String(brotli).padStart(9)}`;

function holdBudget(result) {
  if (!existsSync(at("bench/budget.json"))) return warn("bench/budget.json is missing: no budget to hold");
  const budget = JSON.parse(readFileSync(at("bench/budget.json"), "utf8"));
  const over = Object.keys(pages).filter((name) => budget[name]?.brotli !== undefined && result[name].brotli > budget[name].brotli);
  for (const name of over) warn(`${name}: ${result[name].brotli} bytes (brotli), ${budget[name].brotli} allowed by bench/budget.json`);
  if (over.length > 0) throw new Error("over budget: make it smaller, or raise bench/budget.json in the same commit and say why");
  done("within bench/budget.json");
}

try {
  const { values } = readArgs(help, { check: { type: "boolean" }, "no-build": { type: "boolean" } });
  if (!values["no-build"]) {
    await setup("build");
    await build();
  }
  await pack();
  const files = shippedFiles();
  const result = { files };
  for (const [name, page] of Object.entries(pages)) result[name] = await measure(name, page);

  console.log(`${"".padEnd(34)} ${"raw".padStart(9)} ${"gzip".padStart(9)} ${"brotli".padStart(9)}`);
  for (const [name, size] of Object.entries(files)) console.log(line(name, size));
  console.log();
  for (const name of Object.keys(pages)) console.log(line(name, result[name]), `  ${pages[name].about}`);

  const { signIn, signedIn } = result;
  if (values.check) holdBudget(result);
  else {
    mkdirSync(at("bench/results"), { recursive: true });
    writeFileSync(at("bench/results/size.json"), `${JSON.stringify({ signIn, signedIn, files }, null, 2)}\n`);
  }
} catch (error) {
  fail(error);
}

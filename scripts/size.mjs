#!/usr/bin/env node
// Bytes: of each file we ship, and of what a page loads.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { measurePage, sizes } from "./lib/bundle.mjs";
import { done, fail, warn } from "./lib/log.mjs";
import { pack, packedPackage, packedRoot } from "./lib/pack.mjs";
import { at } from "./lib/paths.mjs";
import { wasmOf } from "./lib/wasm.mjs";
import { setup } from "./setup.mjs";

const help = `
npm run size -- [--check] [--no-build]

Prints raw, gzip and brotli (quality 11) bytes of each shipped file and of three pages bundled by esbuild, minified, from
the packed package: one that signs a person in, one of somebody already signed in up to the first authenticated
request, and one of somebody already signed in who does more. Writes bench/results/size.json.
  --check     fails when a bundle is larger than bench/budget.json allows
  --no-build  takes the package as it was packed last
`;

const auth = `
  import { createAuth } from "lifeguard-cognito";
  const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });`;

const wasmFile = (module) => join(packedPackage, "dist", wasmOf(module));

/** What each page does, in its own words, and what of the package that is loaded on demand it comes to need. */
const pages = {
  signIn: {
    about: "signs in with a password and answers every challenge",
    needs: /core-sign-in/,
    files: [wasmFile("sign-in")],
    source: `${auth}
      globalThis.signIn = (input) => auth.signIn(input);
      globalThis.answer = (challenge, answer) => auth.answerChallenge(challenge, answer);`,
  },
  signedIn: {
    about: "somebody already signed in: a fresh token for the first request",
    needs: /(?!)/,
    source: `${auth}
      auth.getAccessToken().then((token) => fetch("/api", { headers: { authorization: "Bearer " + token } }));`,
  },
  account: {
    about: "somebody already signed in: refreshes, changes the account, signs out",
    needs: /core-account/,
    files: [wasmFile("account")],
    source: `${auth}
      globalThis.change = () => auth.mfa.setUpTotp();
      globalThis.signOut = () => auth.signOut();`,
  },
};

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
  for (const [name, page] of Object.entries(pages)) result[name] = await measurePage({ ...page, resolveDir: packedRoot });

  console.log(`${"".padEnd(34)} ${"raw".padStart(9)} ${"gzip".padStart(9)} ${"brotli".padStart(9)}`);
  for (const [name, size] of Object.entries(files)) console.log(line(name, size));
  console.log();
  for (const name of Object.keys(pages)) console.log(line(name, result[name]), `  ${pages[name].about}`);

  const { signIn, signedIn, account } = result;
  if (values.check) holdBudget(result);
  else {
    mkdirSync(at("bench/results"), { recursive: true });
    writeFileSync(at("bench/results/size.json"), `${JSON.stringify({ signIn, signedIn, account, files }, null, 2)}\n`);
  }
} catch (error) {
  fail(error);
}

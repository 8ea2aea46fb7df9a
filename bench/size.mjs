#!/usr/bin/env node
// Bytes that a page loads to sign a person in: Lifeguard and the other clients, bundled the same way in one run.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "../scripts/build.mjs";
import { readArgs } from "../scripts/lib/args.mjs";
import { pack, packedPackage, packedRoot } from "../scripts/lib/pack.mjs";
import { setup } from "../scripts/setup.mjs";
import { columns } from "./lib/results.mjs";

const help = `
npm run bench:size -- [--out FILE] [--no-build]

Bundles a page for each client with esbuild (minified, split, ES2022), adds the wasm where there is one, and prints raw,
gzip and brotli (quality 11) bytes of all that the page loads. Writes bench/results/peers-size.json.
  --out FILE  where the rows go (default bench/results/peers-size.json)
  --no-build  takes the package as it was packed last
`;

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = readArgs(help, { out: { type: "string", default: join(here, "results/peers-size.json") }, "no-build": { type: "boolean" } });

const keep = (names, from) => `import { ${names.join(", ")} } from "${from}"; globalThis.kept = [${names.join(", ")}];`;

const pages = [
  {
    name: "lifeguard",
    about: "password and every challenge",
    resolveDir: packedRoot,
    wasm: join(packedPackage, "dist/lifeguard_bg.wasm"),
    source: keep(["createAuth"], "lifeguard-cognito"),
  },
  {
    name: "aws-amplify",
    about: "signIn, confirmSignIn, fetchAuthSession",
    source: `import { Amplify } from "aws-amplify"; Amplify.configure({}); ${keep(["signIn", "confirmSignIn", "fetchAuthSession"], "aws-amplify/auth")}`,
  },
  {
    name: "aws-amplify (all)",
    about: "every call that signing in, up and out, recovery and the account need",
    source: `import { Amplify } from "aws-amplify"; Amplify.configure({}); ${keep(
      ["signIn", "confirmSignIn", "fetchAuthSession", "getCurrentUser", "signOut", "signUp", "confirmSignUp", "resendSignUpCode", "autoSignIn", "resetPassword", "confirmResetPassword", "updatePassword", "setUpTOTP", "verifyTOTPSetup", "updateMFAPreference", "fetchMFAPreference", "fetchUserAttributes", "updateUserAttributes", "confirmUserAttribute", "sendUserAttributeVerificationCode", "deleteUser", "rememberDevice", "forgetDevice", "fetchDevices", "associateWebAuthnCredential", "listWebAuthnCredentials", "deleteWebAuthnCredential"],
      "aws-amplify/auth",
    )}`,
  },
  {
    name: "amazon-cognito-identity-js",
    about: "CognitoUser, CognitoUserPool, AuthenticationDetails",
    source: keep(["CognitoUser", "CognitoUserPool", "AuthenticationDetails"], "amazon-cognito-identity-js"),
  },
  {
    name: "amazon-cognito-passwordless-auth",
    about: "authenticateWithSRP",
    source: `import { Passwordless } from "amazon-cognito-passwordless-auth"; globalThis.configure = Passwordless.configure; ${keep(["authenticateWithSRP"], "amazon-cognito-passwordless-auth/srp")}`,
  },
  { name: "cognito-srp-helper", about: "createSrpSession, signSrpSession: the arithmetic alone", source: keep(["createSrpSession", "signSrpSession"], "cognito-srp-helper") },
];

const sizes = (bytes) => [
  bytes.length,
  gzipSync(bytes, { level: 9 }).length,
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length,
];

async function measure({ name, about, source, resolveDir = here, wasm }) {
  const outdir = mkdtempSync(join(tmpdir(), "lifeguard-bench-size-"));
  try {
    const { outputFiles } = await bundle({
      stdin: { contents: source, resolveDir, sourcefile: "page.js" },
      outdir,
      bundle: true,
      minify: true,
      splitting: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      define: { global: "globalThis" },
      legalComments: "none",
      logLevel: "error",
    });
    const parts = outputFiles.map(({ contents }) => sizes(contents));
    if (wasm) parts.push(sizes(readFileSync(wasm)));
    const [raw, gzip, brotli] = parts.reduce((sum, part) => sum.map((bytes, kind) => bytes + part[kind]));
    return { client: name, about, raw, gzip, brotli };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

await setup("bench");
if (!values["no-build"]) {
  await build();
  await pack();
}
const { build: bundle } = await import("esbuild");
const rows = await Promise.all(pages.map(measure));
console.log(columns(["client", "raw", "gzip", "brotli"], rows.map((row) => [row.client, row.raw, row.gzip, row.brotli].map(String))));
mkdirSync(resolve(values.out, ".."), { recursive: true });
writeFileSync(values.out, `${JSON.stringify({ about: "npm run bench:size: bytes that a sign-in page loads", rows }, null, 2)}\n`);

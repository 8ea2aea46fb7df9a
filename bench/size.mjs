#!/usr/bin/env node
// Bytes that a page loads to sign a person in: Lifeguard and the other clients, bundled the same way in one run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../scripts/build.mjs";
import { readArgs } from "../scripts/lib/args.mjs";
import { measurePage } from "../scripts/lib/bundle.mjs";
import { pack, packedPackage, packedRoot } from "../scripts/lib/pack.mjs";
import { wasmOf } from "../scripts/lib/wasm.mjs";
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

const wasmFile = (module) => join(packedPackage, "dist", wasmOf(module));
const keep = (names, from) => `import { ${names.join(", ")} } from "${from}"; globalThis.kept = [${names.join(", ")}];`;

const pages = [
  {
    name: "lifeguard",
    about: "password and every challenge",
    resolveDir: packedRoot,
    needs: /core-sign-in/,
    files: [wasmFile("sign-in")],
    source: keep(["createAuth"], "lifeguard-cognito"),
  },
  {
    name: "lifeguard (all)",
    about: "every call, both modules",
    resolveDir: packedRoot,
    files: [wasmFile("sign-in"), wasmFile("account")],
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

async function measure({ name, about, source, resolveDir = here, needs, files }) {
  return { client: name, about, ...(await measurePage({ source, resolveDir, needs, files })) };
}

await setup("bench");
if (!values["no-build"]) {
  await build();
  await pack();
}
const rows = await Promise.all(pages.map(measure));
console.log(columns(["client", "raw", "gzip", "brotli"], rows.map((row) => [row.client, row.raw, row.gzip, row.brotli].map(String))));
mkdirSync(resolve(values.out, ".."), { recursive: true });
writeFileSync(values.out, `${JSON.stringify({ about: "npm run bench:size: bytes that a sign-in page loads", rows }, null, 2)}\n`);

// docs/migrating.md: a row for every call of the libraries people come from, read from the libraries themselves, and
// nothing in it that the package does not have, by the compiler's word.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, rmSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { packedRoot } from "../scripts/lib/pack.mjs";
import { at } from "../scripts/lib/paths.mjs";
import { run } from "../scripts/lib/run.mjs";

const require = createRequire(at("interop/package.json"));

const spans = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text);

/** Rows by the heading they stand under: `{ names, text, code }`. */
function readDocument() {
  const sections = {};
  let rows;
  for (const line of readFileSync(at("docs/migrating.md"), "utf8").split("\n")) {
    const heading = /^## (.*)/.exec(line);
    if (heading) rows = sections[heading[1]] = [];
    const row = /^\| (`.*`) \| (.*) \|$/.exec(line);
    if (row) rows.push({ names: spans(row[1]), text: row[2], code: spans(row[2]) });
  }
  return sections;
}

const sections = readDocument();
const rowsOf = (title) => sections[title] ?? assert.fail(`no section ${title}`);

/** Compares what a library has with what the document names, in both directions. */
function compare(title, names, { more = [] } = {}) {
  const documented = rowsOf(title).flatMap((row) => row.names);
  assert.deepEqual(names.filter((name) => !documented.includes(name)), [], "calls without a row");
  assert.deepEqual(documented.filter((name) => ![...names, ...more].includes(name)), [], "rows for calls that do not exist");
  assert.deepEqual(documented.filter((name, index) => documented.indexOf(name) !== index), [], "two rows for one call");
}

test("amazon-cognito-identity-js: every export and every method of its classes has a row", () => {
  const library = require("amazon-cognito-identity-js");
  const internal = ["AuthenticationHelper", "DateHelper", "WordArray"];
  const names = Object.entries(library).flatMap(([name, value]) => {
    if (["__esModule", "default"].includes(name)) return [];
    const methods = internal.includes(name) ? [] : Object.getOwnPropertyNames(value.prototype ?? {}).filter((method) => method !== "constructor");
    return [name, ...methods.map((method) => `${name}.${method}`)];
  });

  assert.ok(names.length > 90, String(names.length));
  compare("amazon-cognito-identity-js", names);
});

test("aws-amplify/auth v6: every export has a row", () => {
  const names = new Set([...Object.keys(require("aws-amplify/auth")), ...Object.keys(require("aws-amplify/auth/cognito"))]);

  assert.ok(names.size > 35, String(names.size));
  compare("aws-amplify/auth, v6", [...names], { more: ["Hub.listen"] });
});

test("Amplify v5: every method of Auth has a row", () => {
  // Of the last release of that line, 5.3: it is not installed here.
  const names = `completeNewPassword configure confirmSignIn confirmSignUp currentAuthenticatedUser currentCredentials currentSession
    currentUserCredentials currentUserInfo currentUserPoolUser changePassword deleteUser deleteUserAttributes disableSMS enableSMS
    essentialCredentials federatedSignIn fetchDevices forgetDevice forgotPassword forgotPasswordSubmit getMFAOptions getModuleName getPreferredMFA
    rememberDevice resendSignUp sendCustomChallengeAnswer setPreferredMFA setupTOTP signIn signOut signUp updateUserAttributes
    userAttributes userSession verifiedContact verifyCurrentUserAttribute verifyCurrentUserAttributeSubmit verifyTotpToken
    verifyUserAttribute verifyUserAttributeSubmit wrapRefreshSessionCallback`.split(/\s+/);

  compare("Amplify v5, `Auth`", names.map((name) => `Auth.${name}`));
});

test("amazon-cognito-passwordless-auth: every export of its client has a row", () => {
  const folder = at("interop/node_modules/amazon-cognito-passwordless-auth/dist/client");
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  const names = new Set(files.flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(/^export (?:async )?(?:function\*?|const|class|let) (\w+)/gm)].map(([, exported]) => exported)));

  assert.ok(names.size > 50, String(names.size));
  compare("amazon-cognito-passwordless-auth", [...names]);
});

test("every row says what to write, or that there is nothing to write", () => {
  for (const row of Object.values(sections).flat()) {
    const isNothing = row.text.startsWith("(…)");
    assert.ok(isNothing || row.code.some(isCode), `${row.names[0]}: ${row.text}`);
  }
});

/** A piece that can be compiled: a call, or a member of `auth`. */
const isCode = (text) => /^(auth\.|admin\.|createAuth|createAdmin|otpauthUri|passwordRules|cookieStorage|AuthError$)/.test(text);

test("every piece of code in it compiles against the package", async () => {
  const project = join(packedRoot, "migrating");
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  const pieces = [...new Set(Object.values(sections).flat().flatMap((row) => row.code).filter(isCode))];
  assert.ok(pieces.length > 60, String(pieces.length));
  const lines = pieces.map((piece) => `  void (${piece});`);
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(join(project, "rows.ts"), `
import { type Auth, AuthError, type CodeChallenge, type CustomChallenge, type NewPasswordChallenge, type SelectMfaChallenge, cookieStorage, createAuth, otpauthUri } from "lifeguard-cognito";
declare const auth: Auth;
declare const username: string, password: string, newPassword: string, previousPassword: string, code: string, answer: string, session: string;
declare const next: string, deviceKey: string, credentialId: string, secretCode: string, userPoolId: string, clientId: string, identityPoolId: string;
declare const attributes: Record<string, string>, validationData: Record<string, string>, clientMetadata: Record<string, string>;
declare const codeChallenge: CodeChallenge, customChallenge: CustomChallenge, newPasswordChallenge: NewPasswordChallenge, selectMfaChallenge: SelectMfaChallenge;
declare const handler: () => void;
export function rows(): void {
${lines.join("\n")}
}
`);
  const compilerOptions = { module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2022", "dom"], types: [], noEmit: true, strict: true };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));

  const { code, output } = await run(process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", project], { capture: true, allowFailure: true });

  assert.equal(code, 0, output);
});

// The import table of docs/ARCHITECTURE.md for js/: tests/rooms.rs holds what it says of Rust.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";

/** The directories of js/ whose values each one may import; types may come from anywhere, for they are gone in the build. */
const mayImport = {
  // What loads, asks and steps: an effect or a session that knew it could ask the core by itself.
  core: ["effects", "errors"],
  // `core/file.ts` is no part of the core: it asks for the file that `host.ts` hands out.
  effects: ["core/file", "generated", "patience", "storage", "verify"],
  session: ["errors", "generated", "once", "redirect/callback", "zone"],
  "sign-in": ["errors", "generated"],
  // It loads with its own code what its last step needs: the page may leave at any moment.
  redirect: ["core/core", "errors", "generated", "verify/jws"],
  // The administrators' entry is a client of its own.
  account: ["core", "effects/host", "errors", "once"],
  http: ["errors"],
  storage: ["errors", "generated"],
  verify: [],
  errors: [],
  generated: [],
  types: [],
};

/** Words of the protocol: only the core builds a request of it. */
const protocol = /AWSCognitoIdentityProviderService|InitiateAuth|RespondToAuthChallenge|GetTokensFromRefreshToken|SRP_A\b/;

const sources = readdirSync(at("js"), { recursive: true }).filter((name) => name.endsWith(".ts")).sort();

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

/** What a file imports from elsewhere in js/, without types: paths without their ending. */
function importsOf(name, text) {
  const code = withoutComments(text);
  const all = [
    ...[...code.matchAll(/^(?:import|export)\s+(?!type\b)([^;"]*?)\s*from\s+"(\.[^"]+)"/gm)].filter(([, what]) => !isOfTypes(what)).map(([, , path]) => path),
    ...[...code.matchAll(/\bimport\(\s*"(\.[^"]+)"\s*\)/g)].map(([, path]) => path),
  ];
  return all.map((path) => normalize(join(dirname(name), path)).replace(/\.js$/, ""));
}

/** Whether braces hold nothing but types. */
function isOfTypes(what) {
  const names = /^\{([^}]*)\}$/.exec(what.trim())?.[1].split(",").map((one) => one.trim()).filter(Boolean);
  return names !== undefined && names.every((one) => one.startsWith("type "));
}

function brokenRules(name, text) {
  const room = dirname(name);
  const broken = [];
  if (room === ".") return broken;
  if (!mayImport[room]) return [`${name}: the directory is not in the table`];
  const isAllowed = (path) => [room, ...mayImport[room]].some((one) => path === one || path.startsWith(`${one}/`));
  // The glue of the module, and the core as JavaScript, are made by the build: they belong to core.
  const isMade = (path) => room === "core" && ["lifeguard", "core/wasm-text", "core/wasm2js"].includes(path);
  for (const path of importsOf(name, text)) if (!isAllowed(path) && !isMade(path)) broken.push(`${name}: ${room} may not import ${path}`);
  if (protocol.test(withoutComments(text))) broken.push(`${name}: only the core builds requests of the protocol`);
  return broken;
}

test("every_directory_of_js_imports_only_what_it_may", () => {
  assert.ok(sources.length > 50, `${sources.length}`);
  assert.deepEqual(sources.flatMap((name) => brokenRules(name, readFileSync(at(join("js", name)), "utf8"))), []);
});

test("every_directory_of_the_table_is_there", () => {
  const rooms = new Set(sources.map((name) => dirname(name)).filter((room) => room !== "."));
  assert.deepEqual(Object.keys(mayImport).sort(), [...rooms].sort());
});

test("the_check_of_imports_finds_what_is_forbidden", () => {
  const found = (name, text) => brokenRules(name, text).length;

  assert.equal(found("session/x.ts", 'import { run } from "../core/run.js";'), 1);
  assert.equal(found("session/x.ts", 'import { a } from "../core/run.js";\nimport {\n  b,\n} from "../effects/fetch.js";'), 2);
  assert.equal(found("session/x.ts", 'const { x } = await import("../sign-in/sign-in.js");'), 1);
  assert.equal(found("session/x.ts", 'import type { Call } from "../core/operations.js";'), 0);
  assert.equal(found("session/x.ts", 'import { type Call } from "../core/operations.js";'), 0);
  assert.equal(found("session/x.ts", 'import { type Call, run } from "../core/run.js";'), 1);
  assert.equal(found("effects/x.ts", 'export { createSession } from "../session/session.js";'), 1);
  assert.equal(found("effects/x.ts", 'import { x } from "./fetch.js";'), 0);
  assert.equal(found("http/x.ts", 'const target = "AWSCognitoIdentityProviderService.GetUser";'), 1);
  assert.equal(found("http/x.ts", "// As InitiateAuth does."), 0);
  assert.equal(found("elsewhere/x.ts", ""), 1);
});

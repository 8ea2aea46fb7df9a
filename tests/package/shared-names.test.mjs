// Names that the core and the wrapper must share, read from both sources: codes of errors, operations, kinds of effects and their errors.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";

const read = (path) => readFileSync(at(path), "utf8");
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
/** Source without the tests at its end. */
const shipped = (path) => read(path).split("#[cfg(test)]")[0];
const between = (text, from, to) => {
  const start = text.indexOf(from);
  assert.ok(start >= 0, from);
  return text.slice(start, text.indexOf(to, start));
};

/** Codes that no failure of the core has: the wrapper's own. */
const ofWrapper = ["cryptoUnavailable", "internal", "popupBlocked", "popupClosed", "wasmUnavailable"];

test("the_codes_of_errors_are_those_of_the_core_and_the_wrappers_own", () => {
  const refusals = all(shipped("src/protocol/refusal.rs"), / = "(\w+)" "/g);
  const failures = all(shipped("src/operations/failure.rs"), /\b(?:code|retryable)\("(\w+)"\)/g);
  const texts = [
    between(read("js/errors/codes.ts"), "const MESSAGES", "} as const"),
    between(read("js/errors/auth-error.ts"), "const OWN_MESSAGES", "} as const"),
  ];
  const codes = texts.flatMap((text) => all(text, /^ {2}(\w+):/gm));
  assert.ok(refusals.length > 30 && failures.length > 10, `${refusals.length} and ${failures.length}`);

  assert.deepEqual([...codes].sort(), [...new Set([...refusals, ...failures, ...ofWrapper])].sort());
  assert.equal(new Set(codes).size, codes.length, "each has one message");
});

test("the_operations_of_the_wrapper_are_those_of_the_core", () => {
  const arms = all(read("src/step/operations.rs"), /^\s*"(\w+)" =>/gm).filter((name) => name !== "srpVector");
  const rows = all(read("src/protocol/task/rows.rs"), /^ {4}task\(\s*"(\w+)"/gm);
  const names = all(between(read("js/core/operations.ts"), "export type Operation", ";"), /\| "(\w+)"/g);
  assert.ok(arms.length > 5 && rows.length > 20, `${arms.length} and ${rows.length}`);

  assert.deepEqual(names, [...new Set([...arms, ...rows])].sort());
});

test("every_error_of_an_effect_is_one_that_the_core_knows", () => {
  const known = all(between(read("src/host.rs"), "pub enum SendError", "pub trait Host"), /=> "(\w+)"/g);
  const files = ["clock", "effects", "fetch", "passkeys", "signatures", "storage"];
  const told = all(files.map((name) => read(`js/effects/${name}.ts`)).join("\n"), /\berror: "(\w+)"/g);
  assert.ok(told.length >= 5, told.join());

  assert.deepEqual(told.filter((name) => !known.includes(name)), []);
});

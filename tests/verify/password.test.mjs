// `passwordRules`: from a policy, and from what pools say when they refuse a password.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthError, passwordRules } from "../../dist/index.js";

const refusal = (message, code = "invalidPassword") => new AuthError(code, { service: { name: "InvalidPassword", message } });
const names = (rules) => rules.map(({ name, minimum }) => (minimum === undefined ? name : `${name} ${minimum}`));
const open = (rules, password) => rules.filter((rule) => !rule.check(password)).map(({ name }) => name);

test("a policy becomes one rule for each thing it asks for", () => {
  const rules = passwordRules({ minimumLength: 8, requireUppercase: true, requireLowercase: true, requireNumbers: true, requireSymbols: true });

  assert.deepEqual(names(rules), ["length 8", "uppercase", "lowercase", "number", "symbol"]);
  assert.deepEqual(open(rules, ""), ["length", "uppercase", "lowercase", "number", "symbol"]);
  assert.deepEqual(open(rules, "Abc1!"), ["length"]);
  assert.deepEqual(open(rules, "Abcdef1 x"), []);
  assert.deepEqual(open(rules, "Correct-Horse-9!"), []);
  assert.deepEqual(passwordRules({}), []);
  assert.deepEqual(passwordRules({ requireSymbols: false }), []);
});

test("only the service's own symbols and the basic Latin set count", () => {
  const rules = passwordRules({ requireUppercase: true, requireSymbols: true });

  for (const symbol of "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-") assert.deepEqual(open(rules, `A${symbol}`), [], symbol);
  for (const other of ["É", "é", "§", "€", " a", "a "]) assert.ok(open(rules, other).includes("symbol"), other);
  assert.deepEqual(open(rules, "É!"), ["uppercase"]);
});

test("a refusal names the rule it is about", () => {
  const prefix = "Password did not conform with policy: ";
  for (const [text, name] of [
    ["Password must have uppercase characters", "uppercase"],
    ["Password must have lowercase characters", "lowercase"],
    ["Password must have numeric characters", "number"],
    ["Password must have symbol characters", "symbol"],
    ["Password not long enough", "length"],
  ]) {
    assert.deepEqual(names(passwordRules(refusal(prefix + text))), [name], text);
  }
  assert.deepEqual(names(passwordRules(refusal(`${prefix}Password not long enough`), { refused: "short" })), ["length 6"]);
  assert.deepEqual(names(passwordRules(refusal("Password must be at least 12 characters: not long enough"))), ["length 12"]);
});

test("constraints of the operation are rules, too", () => {
  const constraint = (text, at = "password") => refusal(`1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must ${text}`, "invalidParameter");

  assert.deepEqual(names(passwordRules(constraint("have length greater than or equal to 6"))), ["length 6"]);
  const spaces = passwordRules(constraint("satisfy regular expression pattern: ^[\\S]+.*[\\S]+$"));
  assert.deepEqual([names(spaces), open(spaces, " a"), open(spaces, "a b")], [["spaces"], ["spaces"], []]);
  assert.deepEqual(passwordRules(constraint("have length greater than or equal to 6", "username")), []);
});

test("what is learnt adds to what was known", () => {
  const known = passwordRules({ minimumLength: 8, requireNumbers: true });
  const once = passwordRules(refusal("Password must have symbol characters"), { refused: "Abcdefgh1", known });
  const twice = passwordRules(refusal("Password not long enough"), { refused: "Abcdefgh1!", known: once });

  assert.deepEqual(names(twice), ["length 11", "number", "symbol"]);
  assert.deepEqual(names(passwordRules(refusal("Password not long enough"), { refused: "abc", known })), ["length 8", "number"]);
});

test("other errors teach nothing", () => {
  const known = passwordRules({ requireNumbers: true });

  for (const error of [new AuthError("network"), refusal("uppercase", "passwordUsedBefore"), refusal(""), refusal("Provided password cannot be used for security reasons.", "compromisedPassword")]) {
    assert.deepEqual(passwordRules(error, { known }), known);
  }
});

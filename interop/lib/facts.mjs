// The service's models as a judge of requests: our own reading of operations.json, apart from the dev-server's.
import { readFileSync } from "node:fs";
import { at } from "../../scripts/lib/paths.mjs";

const service = JSON.parse(readFileSync(at("dev-server/facts/operations.json"), "utf8"))["cognito-idp"];

/** The service's own wording for lengths counts UTF-16 units, as Java does. */
const checks = {
  string(shape, value, where, found) {
    if (typeof value !== "string") return found.push(`${where}: ${typeof value} instead of a string`);
    if (shape.min !== undefined && value.length < shape.min) found.push(`${where}: ${value.length} characters, at least ${shape.min}`);
    if (shape.max !== undefined && value.length > shape.max) found.push(`${where}: ${value.length} characters, at most ${shape.max}`);
    if (shape.pattern && !patternOf(shape.pattern).test(value)) found.push(`${where}: does not match ${shape.pattern}`);
    if (shape.enum && !shape.enum.includes(value)) found.push(`${where}: none of ${shape.enum.join(", ")}`);
  },
  boolean(_, value, where, found) {
    if (typeof value !== "boolean") found.push(`${where}: ${typeof value} instead of a boolean`);
  },
  integer(shape, value, where, found) {
    if (!Number.isInteger(value)) return found.push(`${where}: not an integer`);
    if (value < (shape.min ?? value) || value > (shape.max ?? value)) found.push(`${where}: out of bounds`);
  },
  list(shape, value, where, found) {
    if (!Array.isArray(value)) return found.push(`${where}: not a list`);
    value.forEach((item, index) => check(shape.member, item, `${where}[${index}]`, found));
  },
  map(shape, value, where, found) {
    if (!isObject(value)) return found.push(`${where}: not a map`);
    if (Object.keys(value).length > (shape.max ?? Infinity)) found.push(`${where}: more than ${shape.max} entries`);
    for (const [key, item] of Object.entries(value)) {
      check(shape.key, key, `key of ${where}`, found);
      check(shape.value, item, `${where}.${key}`, found);
    }
  },
  structure(shape, value, where, found) {
    if (shape.document) return;
    if (!isObject(value)) return found.push(`${where}: not a structure`);
    for (const name of shape.required ?? []) if (value[name] === undefined) found.push(`${where}: ${name} is missing`);
    for (const [name, item] of Object.entries(value)) {
      // The service ignores what it does not know and takes null for absent; a careful client sends neither.
      if (!shape.members[name]) found.push(`${where}: ${name} is no member`);
      else check(shape.members[name], item, `${where}.${name}`, found);
    }
  },
};

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Java's pattern, whole value. A hyphen between two classes is a literal there, and an error with the u flag. */
function patternOf(source) {
  return new RegExp(`^(?:${source.replaceAll("[\\w-]", "[\\w\\-]").replace("0-9-_=.", "0-9\\-_=.")})$`, "u");
}

function check(shape, value, where, found) {
  const judge = checks[shape.type];
  if (!judge) throw new Error(`operations.json has a type this check does not know: ${shape.type}`);
  judge(shape, value, where, found);
}

/** What is wrong with an operation's input; empty when nothing is. No value is repeated in it. */
export function problemsOfInput(operation, input) {
  const facts = service.operations[operation];
  if (!facts) return [`${operation}: no such operation`];
  const found = [];
  check(facts.input, input, operation, found);
  return found;
}

/** What is wrong with a recorded request: its framing and its input. */
export function problemsOfRequest({ method, path, headers, body }) {
  const found = [];
  const expect = (ok, text) => ok || found.push(text);
  const [prefix, operation] = (headers["x-amz-target"] ?? "").split(".");
  expect(method === "POST", `method ${method}`);
  expect(path === "/", `path ${path}`);
  expect(prefix === service.targetPrefix, `target prefix ${prefix}`);
  expect(headers["content-type"] === `application/x-amz-json-${service.jsonVersion}`, `content type ${headers["content-type"]}`);
  expect(headers.cookie === undefined, "sends cookies");
  expect(headers.authorization === undefined, "sends an authorization header");
  try {
    found.push(...problemsOfInput(operation, JSON.parse(body)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    found.push(`${operation}: the body is not JSON`);
  }
  return found;
}

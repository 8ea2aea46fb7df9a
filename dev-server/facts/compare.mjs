#!/usr/bin/env node
// Holds the facts files against the service's newest public model, or writes them anew from it.
//
//   node dev-server/facts/compare.mjs [--write] [--models FOLDER]
//
// FOLDER is `botocore/data` of an unpacked botocore wheel; without it the newest one is fetched from PyPI with pip.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({ options: { write: { type: "boolean" }, models: { type: "string" } } });

/** Where the service models are, and which version they are of. */
function models() {
  if (options.models) {
    const init = readFileSync(join(options.models, "..", "__init__.py"), "utf8");
    return { folder: options.models, version: /__version__ = ['"]([\d.]+)/.exec(init)?.[1] ?? "unknown", done() {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "botocore-"));
  execFileSync("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "botocore"], { stdio: ["ignore", "ignore", "inherit"] });
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl"));
  execFileSync("python3", ["-m", "zipfile", "-e", join(folder, wheel), folder]);
  const done = () => rmSync(folder, { recursive: true, force: true });
  return { folder: join(folder, "botocore", "data"), version: wheel.split("-")[1], done };
}

function model(folder, service, date) {
  return JSON.parse(gunzipSync(readFileSync(join(folder, service, date, "service-2.json.gz"))));
}

/** What of a shape is a fact: no descriptions, no names of shapes. */
function fact(shapes, reference) {
  const shape = shapes[reference.shape];
  const { type } = shape;
  const out = { type };
  for (const name of ["min", "max", "pattern"]) if (shape[name] !== undefined) out[name] = shape[name];
  if (shape.enum) out.enum = shape.enum;
  if (shape.sensitive) out.sensitive = true;
  if (shape.document) out.document = true;
  if (type === "structure") {
    out.required = shape.required ?? [];
    out.members = Object.fromEntries(Object.entries(shape.members ?? {}).map(([name, member]) => [name, fact(shapes, member)]));
  }
  if (type === "list") out.member = fact(shapes, shape.member);
  if (type === "map") Object.assign(out, { key: fact(shapes, shape.key), value: fact(shapes, shape.value) });
  return out;
}

function operation({ operations, shapes }, name, withOutput) {
  const { input, output, errors, authtype, auth } = operations[name];
  const isOpen = authtype === "none" || auth?.includes("smithy.api#noAuth");
  return {
    auth: isOpen ? "none" : "sigv4",
    input: fact(shapes, input),
    ...(withOutput ? { output: output ? fact(shapes, output) : null } : {}),
    errors: (errors ?? []).map(({ shape }) => shape),
  };
}

/** Every path at which two values differ. */
function differences(known, told, path = "") {
  if (known === told) return [];
  const isObject = (value) => value !== null && typeof value === "object";
  if (!isObject(known) || !isObject(told) || Array.isArray(known) !== Array.isArray(told)) {
    return [`${path}: ${JSON.stringify(known)} here, ${JSON.stringify(told)} in the model`];
  }
  if (Array.isArray(known) && known.every((item) => !isObject(item))) {
    const sorted = (list) => JSON.stringify([...list].sort());
    return sorted(known) === sorted(told) ? [] : [`${path}: ${JSON.stringify(known)} here, ${JSON.stringify(told)} in the model`];
  }
  return [...new Set([...Object.keys(known), ...Object.keys(told)])].flatMap((name) => differences(known[name], told[name], path ? `${path}.${name}` : name));
}

const { folder, version, done } = models();
const sources = { "cognito-idp": model(folder, "cognito-idp", "2016-04-18"), "cognito-identity": model(folder, "cognito-identity", "2014-06-30") };
const found = [];
for (const [file, withOutput] of [
  ["operations.json", true],
  ["control.json", false],
]) {
  const path = join(here, file);
  const facts = JSON.parse(readFileSync(path, "utf8"));
  for (const [service, { operations }] of Object.entries(facts).filter(([, value]) => value.operations)) {
    for (const name of Object.keys(operations)) {
      const told = operation(sources[service], name, withOutput);
      found.push(...differences(operations[name], told, name));
      if (options.write) operations[name] = told;
    }
  }
  if (options.write) {
    facts.about = facts.about.replace(/botocore [\d.]*\d/, `botocore ${version}`);
    writeFileSync(path, `${JSON.stringify(facts, null, 1)}\n`);
  }
}
done();
console.log(found.length === 0 ? `the facts are those of botocore ${version}` : `${found.length} differences from botocore ${version}${options.write ? ", written" : ""}:\n  ${found.join("\n  ")}`);
process.exitCode = found.length > 0 && !options.write ? 1 : 0;

// The facts that the dev-server holds every request against, compared with the service's model as AWS's own SDK for
// JavaScript has it: operations, members, types, what is required and sensitive, and errors. The SDK has no lengths,
// patterns and enumerated values; `dev-server/facts/compare.mjs` compares those with botocore's model.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { at } from "../scripts/lib/paths.mjs";

const facts = (name) => JSON.parse(readFileSync(at("dev-server/facts", name), "utf8"));
const files = [facts("operations.json"), facts("control.json")];
const services = {
  "cognito-idp": { sdk: idp, name: "@aws-sdk/client-cognito-identity-provider", oldest: [3, 1169, 0] },
  "cognito-identity": { sdk: identity, name: "@aws-sdk/client-cognito-identity", oldest: [3, 1164, 0] },
};

/** Where a package is installed: its main file may be anywhere in it. */
function folder(name) {
  const path = fileURLToPath(import.meta.resolve(name));
  return path.slice(0, path.lastIndexOf(join("node_modules", name)) + join("node_modules", name).length);
}
const version = (name) => JSON.parse(readFileSync(join(folder(name), "package.json"), "utf8")).version;

// The SDK's schemas are lists whose first item says what they describe, or a number for what has no name.
const [SIMPLE, LIST, MAP, STRUCTURE] = [0, 1, 2, 3];
const SENSITIVE = 8;
const [LIST_OF, MAP_OF] = [64, 128];
const SCALARS = { 0: "string", 1: "number", 2: "boolean", 4: "timestamp", 7: "timestamp", 15: "document" };

/** A schema in the words of the facts. */
function shapeOf(schema) {
  if (typeof schema === "function") return shapeOf(schema());
  if (typeof schema === "number") {
    if (schema & LIST_OF) return { type: "list", member: schema & ~LIST_OF };
    if (schema & MAP_OF) return { type: "map", value: schema & ~MAP_OF };
    if (!SCALARS[schema]) throw new Error(`a schema of the number ${schema}`);
    return { type: SCALARS[schema] };
  }
  // A member of a structure or list with traits of its own.
  if (typeof schema[0] !== "number") return { ...shapeOf(schema[0]), ...traits(schema[1]) };
  const [kind, , , own, ...rest] = schema;
  if (kind === SIMPLE) return { ...shapeOf(rest[0]), ...traits(own) };
  if (kind === LIST) return { type: "list", member: rest[0], ...traits(own) };
  if (kind === MAP) return { type: "map", value: rest[1], ...traits(own) };
  if (kind !== STRUCTURE) throw new Error(`a schema of kind ${kind}`);
  const [names, members, required = 0] = rest;
  return { type: "structure", required: names.slice(0, required), members: Object.fromEntries(names.map((name, index) => [name, members[index]])), ...traits(own) };
}

const traits = (bits) => (typeof bits === "number" && bits & SENSITIVE ? { sensitive: true } : {});
/** The facts are of a botocore that is a little newer than this SDK. Whatever it learns goes from here. */
const NEWER = {
  CreateUserPoolClient: ["input.PublishSecretsInAWSSecretsManager is not in the model"],
  UpdateUserPoolClient: ["input.PublishSecretsInAWSSecretsManager is not in the model"],
};

const typeOf = (fact) => (fact.document ? "document" : ["integer", "long", "double", "float"].includes(fact.type) ? "number" : fact.type);
const sorted = (names) => [...new Set(names)].sort().join();

/** Every path at which a fact and the model differ. */
function differences(fact, schema, path) {
  if (fact === undefined) return [`${path} is not in the facts`];
  const shape = shapeOf(schema);
  if (typeOf(fact) !== shape.type) return [`${path} is a ${typeOf(fact)} in the facts, a ${shape.type} in the model`];
  const found = [];
  if (Boolean(fact.sensitive) !== Boolean(shape.sensitive)) found.push(`${path} is ${fact.sensitive ? "" : "not "}sensitive in the facts`);
  if (shape.type === "list") found.push(...differences(fact.member, shape.member, `${path}[]`));
  if (shape.type === "map") found.push(...differences(fact.value, shape.value, `${path}{}`));
  if (shape.type !== "structure") return found;
  if (sorted(fact.required) !== sorted(shape.required)) found.push(`${path} requires ${sorted(fact.required)} in the facts, ${sorted(shape.required)} in the model`);
  for (const name of Object.keys(fact.members)) if (!(name in shape.members)) found.push(`${path}.${name} is not in the model`);
  for (const [name, member] of Object.entries(shape.members)) found.push(...differences(fact.members[name], member, `${path}.${name}`));
  return found;
}

/** Errors are only in the words before a command's class. */
function errorsOf({ name }, operation) {
  const text = readFileSync(join(folder(name), "dist-types", "commands", `${operation}Command.d.ts`), "utf8");
  const errors = [...text.matchAll(/@throws \{@link (\w+)\} \((?:client|server) fault\)/g)].map(([, error]) => error);
  assert.ok(errors.length > 0, `${operation} has no error`);
  return errors;
}

describe("the facts", () => {
  // No skip: without the packages this file does not even load.
  for (const [service, { name, oldest }] of Object.entries(services)) {
    test(`${name} is installed, and not older than what the facts were made from`, () => {
      const [major, minor] = version(name).split(".").map(Number);

      assert.ok(major > oldest[0] || (major === oldest[0] && minor >= oldest[1]), `${service}: ${version(name)}`);
    });
  }

  for (const [service, about] of Object.entries(services)) {
    for (const file of files) {
      for (const [operation, { input, output, errors }] of Object.entries(file[service]?.operations ?? {})) {
        test(`${operation} is the model's`, () => {
          const schema = about.sdk[`${operation}$`];
          assert.ok(schema, `${about.name} has no ${operation}`);
          const [, , , , into, outOf] = schema;

          const found = differences(input, into, "input");
          if (output) found.push(...differences(output, outOf, "output"));
          if (sorted(errors) !== sorted(errorsOf(about, operation))) found.push(`errors ${sorted(errors)} in the facts, ${sorted(errorsOf(about, operation))} in the model`);

          assert.deepEqual(found, NEWER[operation] ?? []);
        });
      }
    }
  }
});

describe("the comparison", () => {
  const sound = () => structuredClone(files[0]["cognito-idp"].operations.SignUp.input);
  const schema = idp.SignUp$[4];

  for (const [what, change] of [
    ["a member that the model does not have", (fact) => (fact.members.Nickname = { type: "string" })],
    ["a member that is missing", (fact) => delete fact.members.ClientMetadata],
    ["another type", (fact) => (fact.members.Username.type = "integer")],
    ["another type deep inside", (fact) => (fact.members.UserAttributes.member.members.Name.type = "boolean")],
    ["a secret that is not known for one", (fact) => delete fact.members.Password.sensitive],
    ["a member that is not required", (fact) => fact.required.pop()],
  ]) {
    test(`finds ${what}`, () => {
      const fact = sound();
      change(fact);

      assert.equal(differences(fact, schema, "input").length, 1);
    });
  }
});

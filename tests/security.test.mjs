// SECURITY.md: every test that it names is there.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { at } from "../scripts/lib/paths.mjs";

/** All text of the files below folders whose names end so. */
const textOf = (folders, end) =>
  folders
    .flatMap((folder) => readdirSync(at(folder), { recursive: true }).filter((name) => name.endsWith(end) && !name.includes("node_modules")).map((name) => readFileSync(at(`${folder}/${name}`), "utf8")))
    .join("\n");

test("every test that SECURITY.md names is there", () => {
  const rust = textOf(["src", "tests", "modexp", "web", "dev-server/src", "dev-server/tests"], ".rs");
  const javascript = textOf(["tests", "e2e", "interop", "scripts"], ".mjs");
  const rows = readFileSync(at("SECURITY.md"), "utf8").split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| rule"));
  const templates = [...javascript.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)].map(([, text]) => text.split(/\$\{[^}]*\}/).filter((part) => part.length > 8)).filter((parts) => parts.length > 0);
  const made = (title) => templates.some((parts) => parts.join("").length > title.length / 2 && parts.every((part) => title.includes(part)));
  let checked = 0;
  for (const row of rows) {
    const shown = row.split(" | ").at(-1);
    for (const [, name] of shown.matchAll(/`([a-z]+(?:_[a-z\d]+){2,})`/g)) {
      assert.ok(rust.includes(`fn ${name}(`) || javascript.includes(`"${name}"`), name);
      checked += 1;
    }
    for (const [, title] of shown.matchAll(/"([^"]{12,})"/g)) {
      // A title may be made of parts: its words stand in one line all the same.
      assert.ok(javascript.includes(title) || made(title), title);
      checked += 1;
    }
  }
  assert.ok(rows.length > 40 && checked > 50, `${rows.length} rows, ${checked} tests`);
});

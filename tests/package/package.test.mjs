// What npm users get: exactly these files, found by every resolver, and nothing run or pulled in by installing it.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { packedPackage, packedTarball } from "../../scripts/lib/pack.mjs";
import { at, root } from "../../scripts/lib/paths.mjs";
import { run } from "../../scripts/lib/run.mjs";

const manifest = JSON.parse(readFileSync(join(packedPackage, "package.json"), "utf8"));
const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]));
const packed = filesIn(packedPackage).map((file) => relative(packedPackage, file)).sort();

/** The modules of js/ that end in dist/, as tsconfig.build.json picks them. */
const modules = filesIn(at("js")).map((file) => relative(at("js"), file)).filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."));

/** The WebAssembly with its glue, as text, and as JavaScript. */
const core = ["dist/lifeguard.js", "dist/lifeguard_bg.wasm", "dist/core/wasm-text.js", "dist/core/wasm2js.js"];

test("tarball_holds_the_build_and_the_legal_texts_only", () => {
  const expected = [
    "LICENSE-APACHE", "LICENSE-MIT", "package.json",
    ...["README.md", "CHANGELOG.md"].filter((name) => existsSync(at(name))),
    ...core,
    ...modules.flatMap((name) => [`dist/${name.replace(/tsx?$/, "js")}`, `dist/${name.replace(/tsx?$/, "d.ts")}`]),
  ].sort();

  assert.deepEqual(packed, expected);
});

test("every_exported_path_exists", () => {
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));

  for (const target of targets(manifest.exports)) assert.ok(packed.includes(target.slice(2)), target);
});

// Parcel does not read `exports` unless it is told to: there `alias` is what finds the same files.
test("resolvers_that_do_not_read_exports_find_the_same_files", () => {
  const { ".": entry, "./package.json": _, ...subpaths } = manifest.exports;

  assert.equal(manifest.main, entry.default);
  assert.deepEqual(manifest.alias, Object.fromEntries(Object.entries(subpaths).map(([subpath, target]) => [subpath, target.default ?? target])));
});

test("types_come_first_in_each_condition", () => {
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === "object") assert.equal(Object.keys(target)[0], "types", subpath);
  }
});

test("installing_runs_nothing_and_pulls_in_nothing", () => {
  for (const script of ["preinstall", "install", "postinstall", "prepare", "prepublish"]) assert.equal(manifest.scripts?.[script], undefined, script);
  for (const kind of ["dependencies", "optionalDependencies", "peerDependencies", "bundleDependencies"]) {
    assert.deepEqual(Object.keys(manifest[kind] ?? {}), [], kind);
  }
  assert.equal(manifest.sideEffects, false);
});

test("the_wrapper_names_the_wasm_so_that_bundlers_see_it", () => {
  const javascript = packed.filter((name) => name.endsWith(".js")).map((name) => readFileSync(join(packedPackage, name), "utf8"));
  const literal = /new URL\(\s*["']\.\.\/lifeguard_bg\.wasm["']\s*,\s*import\.meta\.url\s*\)/g;

  assert.equal([...javascript.join("\n").matchAll(literal)].length, 1);
});

test("importing_does_nothing_and_works_without_a_browser", async () => {
  const before = Object.keys(globalThis);
  const modules = {};
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (target.default) modules[subpath] = await import(join(packedPackage, target.default));
  }

  assert.equal(typeof modules["."].createAuth, "function");
  assert.equal(typeof modules["."].AuthError, "function");
  assert.deepEqual(Object.keys(globalThis), before);
});

test("no_path_of_the_build_machine_is_shipped", () => {
  for (const name of packed) {
    const text = readFileSync(join(packedPackage, name), "latin1");
    for (const path of [root, process.env.HOME].filter((path) => path && path.length > 3)) {
      assert.ok(!text.includes(`${path}/`), `${name} holds a path of this machine`);
    }
  }
});

test("the_wasm_is_a_module_that_this_engine_compiles", async () => {
  const bytes = readFileSync(join(packedPackage, "dist/lifeguard_bg.wasm"));
  const module = await WebAssembly.compile(bytes);

  assert.ok(WebAssembly.Module.exports(module).some(({ name }) => name === "memory"));
  assert.ok(statSync(packedTarball).size > bytes.length / 4);
});

test("the_text_of_the_wasm_is_the_same_bytes", async () => {
  const { text } = await import(join(packedPackage, "dist/core/wasm-text.js"));

  assert.deepEqual(Buffer.from(text, "latin1"), readFileSync(join(packedPackage, "dist/lifeguard_bg.wasm")));
});

// The wasm is for everybody and constant-time: what stands in for it where it cannot run must be no part of it.
test("the_arithmetic_of_bigint_is_in_the_javascript_only_and_makes_no_code_from_text", () => {
  const text = (name) => readFileSync(join(packedPackage, name), "latin1");
  const wasm = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(packedPackage, "dist/lifeguard_bg.wasm"))));

  assert.deepEqual(wasm.map(({ module, name }) => `${module}.${name}`).sort(), ["page.now", "page.random"]);
  assert.match(text("dist/core/wasm2js.js"), /\.modular\b/);
  for (const name of ["dist/core/wasm2js.js", "dist/core/without-wasm.js"]) {
    assert.doesNotMatch(text(name), /\beval\b|\bFunction\(|\bWebAssembly\.\w+\(/, name);
    // A number like 1n could not even be read where there is no BigInt.
    assert.doesNotMatch(text(name), /\b\d+n\b/, name);
  }
});

test("what_only_tests_call_is_not_shipped", () => {
  const bytes = readFileSync(join(packedPackage, "dist/lifeguard_bg.wasm"), "latin1");
  const encoded = readFileSync(join(packedPackage, "dist/core/wasm2js.js"), "utf8").match(/"[\w+/=]{4,}"/g);
  const data = encoded.map((text) => Buffer.from(text, "base64").toString("latin1"));

  assert.ok(!bytes.includes("srpVector"), 'built with the feature "vectors"');
  assert.ok(data.some((text) => text.includes("SECRET_HASH") || text.includes("signIn")), "the data of the JavaScript is read");
  assert.ok(!data.some((text) => text.includes("srpVector")), 'the JavaScript is built with the feature "vectors"');
});

test("publint_has_nothing_to_say", async () => {
  const { code, output } = await run("publint", ["run", packedPackage, "--strict"], { capture: true, allowFailure: true });

  assert.equal(code, 0, output);
});

test("the_types_are_found_by_every_esm_resolver", async () => {
  // The package is ES modules only: `require` of it is told so by the resolver, which is no fault of the types.
  const args = [packedTarball, "--profile", "esm-only", "--exclude-entrypoints", "wasm", "package.json", "--format", "ascii"];
  const { code, output } = await run("attw", args, { capture: true, allowFailure: true });

  assert.equal(code, 0, output);
});

// The examples of front ends in Rust: cargo and wasm-bindgen, from examples/ to a folder of pages for each.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cargoTargetDir } from "./compile.mjs";
import { step } from "./log.mjs";
import { at, wasmTarget } from "./paths.mjs";
import { run } from "./run.mjs";

export const rustExamples = ["leptos", "yew"];

/** Where the pages of an example are: index.html, page.js and page_bg.wasm. A server adds config.json. */
export const pagesOf = (name) => join(cargoTargetDir(), "examples", "pages", name);

/** Builds the examples, in debug unless `release` says otherwise. */
export async function buildRustExamples({ names = rustExamples, release = false } = {}) {
  const targetDir = join(cargoTargetDir(), "examples");
  const packages = names.flatMap((name) => ["-p", `example-${name}`]);
  const args = ["build", "--manifest-path", at("examples/Cargo.toml"), "--locked", "--target", wasmTarget, "--quiet", ...packages];
  await step(`building the examples in Rust: ${names.join(", ")}`, () =>
    run("cargo", [...args, ...(release ? ["--release"] : [])], { env: { CARGO_TARGET_DIR: targetDir } }),
  );
  for (const name of names) {
    const wasm = join(targetDir, wasmTarget, release ? "release" : "debug", `example-${name}.wasm`);
    const folder = pagesOf(name);
    mkdirSync(folder, { recursive: true });
    await run("wasm-bindgen", [wasm, "--target", "web", "--no-typescript", "--out-dir", folder, "--out-name", "page"]);
    copyFileSync(at("examples", name, "index.html"), join(folder, "index.html"));
  }
}

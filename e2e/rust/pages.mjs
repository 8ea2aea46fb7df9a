// The pages of an example in Rust, under a path of a story's site.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pagesOf } from "../../scripts/lib/rust-examples.mjs";

const types = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", wasm: "application/wasm" };

/**
 * `files` of a site that has an example at `/<name>/`.
 *
 * @param {string} name of the example.
 * @param {() => object} config its config.json, asked for when the page asks.
 */
export function examplePages(name, config) {
  const file = (path) => () => ({ type: types[path.split(".").pop()], body: readFileSync(join(pagesOf(name), path)) });
  return {
    [`/${name}/`]: file("index.html"),
    [`/${name}/page.js`]: file("page.js"),
    [`/${name}/page_bg.wasm`]: file("page_bg.wasm"),
    [`/${name}/config.json`]: () => ({ type: "application/json", body: JSON.stringify(config()) }),
  };
}

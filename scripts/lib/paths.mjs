// Where things are, and the versions everything else is pinned to.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const at = (...parts) => join(root, ...parts);
export const toolsDir = at(".tools");
export const toolsBin = at(".tools", "bin");
export const pkgDir = at("pkg");
export const distDir = at("dist");
export const wasmTarget = "wasm32-unknown-unknown";

/** The CLI must be of the very version the crate is compiled against, so it is read from there. */
export function wasmBindgenVersion() {
  const manifest = readFileSync(at("Cargo.toml"), "utf8");
  const pin = /^wasm-bindgen\s*=\s*(?:\{[^}]*version\s*=\s*)?"=([\d.]+)"/m.exec(manifest);
  if (!pin) throw new Error('Cargo.toml does not pin wasm-bindgen: write wasm-bindgen = "=x.y.z"');
  return pin[1];
}
export const wasmPackVersion = "0.15.1";
export const geckodriverVersion = "0.37.1";

/** The environment of everything we start: the project's own tools come first. */
export const toolEnv = (extra = {}) => ({
  ...process.env,
  PATH: `${toolsBin}:${at("node_modules", ".bin")}:${process.env.PATH ?? ""}`,
  ...extra,
});

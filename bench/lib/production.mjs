// Pages as they are deployed: bundled by esbuild, minified, split, files named by their content.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { packedPackage } from "../../scripts/lib/pack.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));
const outdir = join(bench, "assets");

/** How a package refers to a file beside its modules. Vite, webpack and others rewrite it; esbuild needs a plugin. */
const assetReference = /\bnew\s+URL\(\s*(["'])([^"'`]+\.wasm)\1\s*,\s*import\.meta\.url\s*\)/g;

/**
 * Finds Lifeguard where it is packed, and copies its wasm into the bundle where a module refers to it.
 *
 * @param {Map<string, object>} assets gets the copied files by name.
 */
const lifeguard = (assets) => ({
  name: "lifeguard",
  setup(build) {
    // From within the package: anywhere else in this repository its name would stand for the repository itself.
    build.onResolve({ filter: /^lifeguard-cognito($|\/)/ }, ({ path, kind, resolveDir }) => (resolveDir === packedPackage ? undefined : build.resolve(path, { kind, resolveDir: packedPackage })));
    build.onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(packedPackage + sep)) return undefined;
      const contents = readFileSync(path, "utf8").replace(assetReference, (_match, _quote, target) => {
        const file = resolve(dirname(path), target);
        const body = readFileSync(file);
        const name = `${basename(file, ".wasm")}-${createHash("sha256").update(body).digest("hex").slice(0, 8)}.wasm`;
        assets.set(name, { body, type: "application/wasm", origin: originOf(file) });
        return `new URL("./${name}", import.meta.url)`;
      });
      return { contents, loader: "js" };
    });
  },
});

/** Name of a source file that stays the same from build to build: its path in the package. */
const originOf = (file) => (file.startsWith(packedPackage + sep) ? relative(packedPackage, file) : basename(file));

/**
 * Bundles a page.
 *
 * @param {string} source the page's script; its imports are looked for from `bench/`.
 * @returns {Promise<{ entry: string, files: Map<string, { body: Uint8Array, type: string, origin?: string, imports: string[] }> }>}
 *   Files by name. `origin`: source of a wasm, or of a file that is loaded on demand. `imports`: files that are loaded with it.
 */
export async function bundlePage(source) {
  // Here and not above: on a fresh machine set-up has to install it first.
  const { build } = await import("esbuild");
  const assets = new Map();
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: bench, sourcefile: "page.js" },
    outdir, absWorkingDir: bench, entryNames: "page-[hash]", chunkNames: "[name]-[hash]",
    bundle: true, minify: true, splitting: true, metafile: true, write: false, format: "esm", platform: "browser", target: "es2022",
    define: { global: "globalThis" }, legalComments: "none", logLevel: "error", plugins: [lifeguard(assets)],
  });
  const contents = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  const files = new Map();
  let entry;
  for (const [path, { entryPoint, imports }] of Object.entries(metafile.outputs)) {
    const name = basename(path);
    const isEntry = entryPoint !== undefined && resolve(bench, entryPoint) === join(bench, "page.js");
    if (isEntry) entry = name;
    const eager = imports.filter(({ kind, external }) => kind === "import-statement" && !external).map((imported) => basename(imported.path));
    const origin = isEntry || !entryPoint ? undefined : originOf(resolve(bench, entryPoint));
    files.set(name, { body: contents.get(name), type: "text/javascript; charset=utf-8", origin, imports: eager });
  }
  for (const [name, asset] of assets) files.set(name, { ...asset, imports: [] });
  return { entry, files };
}

/** Names of files that are loaded once `names` are: they and what they import at the top. */
export function withImports({ files }, names) {
  const loaded = new Set();
  const load = (name) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    files.get(name).imports.forEach(load);
  };
  names.forEach(load);
  return [...loaded];
}

// What a page loads: bundled with esbuild as applications do (minified, split, ES2022), counted in bytes.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Raw, gzip and brotli (quality 11) bytes. */
export const sizes = (bytes) => ({
  raw: bytes.length,
  gzip: gzipSync(bytes, { level: 9 }).length,
  brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length,
});

const sum = (all) => all.reduce((a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli }));

/**
 * Bytes of all that a page loads: its script with everything that it imports, and of what is imported only when it is
 * needed, the files that the page comes to need.
 * @param {object} page
 * @param {string} page.source the page's script.
 * @param {string} page.resolveDir where its packages are found.
 * @param {RegExp} [page.needs] names of the source files whose dynamic import the page comes to. Default: all.
 * @param {string[]} [page.files] other files it loads.
 */
export async function measurePage({ source, resolveDir, needs = /./, files = [] }) {
  // Here and not above: on a fresh machine set-up has to install it first.
  const { build } = await import("esbuild");
  const outdir = mkdtempSync(join(tmpdir(), "lifeguard-size-"));
  try {
    const { metafile, outputFiles } = await build({
      stdin: { contents: source, resolveDir, sourcefile: "page.js" },
      outdir, bundle: true, minify: true, splitting: true, metafile: true, write: false, format: "esm", platform: "browser", target: "es2022",
      define: { global: "globalThis" }, legalComments: "none", logLevel: "error",
    });
    // Both lists are in the same order; their paths are not of the same form.
    const outputs = new Map(Object.entries(metafile.outputs).map(([path, output], index) => [path, { ...output, contents: outputFiles[index].contents }]));
    const loaded = new Set();
    const load = (path) => {
      if (loaded.has(path) || !outputs.has(path)) return;
      loaded.add(path);
      for (const { path: imported, kind } of outputs.get(path).imports) {
        if (kind === "import-statement" || needs.test(outputs.get(imported)?.entryPoint ?? "")) load(imported);
      }
    };
    load([...outputs].find(([, output]) => output.entryPoint?.endsWith("page.js"))[0]);
    return sum([...[...loaded].map((path) => outputs.get(path).contents), ...files.map((file) => readFileSync(file))].map(sizes));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

// The pages of the benchmark: bundled by esbuild with everybody's real package, served on loopback.
import { build } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packedPackage } from "../../scripts/lib/pack.mjs";
import { serve } from "../../scripts/lib/static.mjs";

const page = fileURLToPath(new URL("../page", import.meta.url));
const html = "text/html; charset=utf-8";

/**
 * @param {object} options
 * @param {string} [options.kernel] a wasm module of modexp's example `kernel`, to be measured instead of the package.
 * @param {{ glue: string, wasm: string }} [options.core] files of the core with the operation for known answers.
 * @param {number} [options.port]
 */
export async function openBenchSite({ kernel, core, port = 0 }) {
  if (!kernel && !existsSync(join(packedPackage, "dist/index.js"))) {
    throw new Error("the package is not built: npm run build, or --kernel FILE for the kernel alone");
  }
  const { outputFiles } = await build({
    entryPoints: [join(page, "main.js"), join(page, "sign-in.js")],
    outdir: page,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    define: { global: "globalThis" },
    external: ["/package/*", "/core.js"],
    logLevel: "error",
  });
  const [main, signIn] = ["main.js", "sign-in.js"].map((name) => outputFiles.find(({ path }) => path.endsWith(name)).contents);
  return serve({
    port,
    // Isolated pages get clocks of a finer grain.
    headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" },
    mounts: { "/package/": packedPackage },
    files: {
      "/": { type: html, body: readFileSync(join(page, "index.html")) },
      "/main.js": { body: main },
      "/sign-in": { type: html, body: '<!doctype html><title>Sign-ins</title><link rel="icon" href="data:,"><script type="module" src="/sign-in.js"></script>' },
      "/sign-in.js": { body: signIn },
      ...(core ? { "/core.js": { body: readFileSync(core.glue) }, "/core.wasm": { body: readFileSync(core.wasm) } } : {}),
      ...(kernel ? { "/kernel.wasm": { body: readFileSync(kernel), type: "application/wasm" } } : {}),
    },
  });
}

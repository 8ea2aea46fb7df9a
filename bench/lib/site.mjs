// The page of the benchmark: bundled by esbuild with everybody's real package, served on loopback.
import { build } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packedPackage } from "../../scripts/lib/pack.mjs";
import { serve } from "../../scripts/lib/static.mjs";

const page = fileURLToPath(new URL("../page", import.meta.url));

/**
 * @param {object} options
 * @param {string} [options.kernel] a wasm module of modexp's example `kernel`, to be measured instead of the package.
 * @param {number} [options.port]
 */
export async function openBenchSite({ kernel, port = 0 }) {
  if (!kernel && !existsSync(join(packedPackage, "dist/lifeguard_bg.wasm"))) {
    throw new Error("the package is not built: npm run build, or --kernel FILE for the kernel alone");
  }
  const { outputFiles } = await build({
    entryPoints: [join(page, "main.js")],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    define: { global: "globalThis" },
    external: ["/package/*"],
    logLevel: "error",
  });
  return serve({
    port,
    // Isolated pages get clocks of a finer grain.
    headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" },
    mounts: { "/package/": packedPackage },
    files: {
      "/": { type: "text/html; charset=utf-8", body: readFileSync(join(page, "index.html")) },
      "/main.js": { body: outputFiles[0].contents },
      ...(kernel ? { "/kernel.wasm": { body: readFileSync(kernel), type: "application/wasm" } } : {}),
    },
  });
}

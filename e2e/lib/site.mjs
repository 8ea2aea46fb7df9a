// The pages that stories open: the built demo, or a bare page that has the package by an import map and no bundler.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { demoDist } from "../../scripts/lib/demo.mjs";
import { packedPackage } from "../../scripts/lib/pack.mjs";
import { readBody, serve } from "../../scripts/lib/static.mjs";
import { defaultPool } from "./server.mjs";

/** `WITHOUT_WASM=1`: no page has WebAssembly, as in a browser that forbids it. */
export const isWithoutWasm = process.env.WITHOUT_WASM === "1";

const inPage = (isWithoutWasm ? "delete globalThis.WebAssembly;\n" : "") + readFileSync(new URL("./in-page.js", import.meta.url), "utf8");

/** Import map of everything the package exports. */
function importMap() {
  const { exports } = JSON.parse(readFileSync(join(packedPackage, "package.json"), "utf8"));
  const imports = {};
  for (const [subpath, target] of Object.entries(exports)) {
    const file = typeof target === "string" ? target : (target.browser ?? target.import ?? target.default);
    if (file?.endsWith(".js")) imports[`lifeguard-cognito${subpath.slice(1)}`] = `/package/${file.slice(2)}`;
  }
  return JSON.stringify({ imports });
}

const barePage = () => ({
  type: "text/html; charset=utf-8",
  body: `<!doctype html><html lang="en"><head><title>bare</title><link rel="icon" href="data:,"><script type="importmap">${importMap()}</script></head><body></body></html>`,
});

/**
 * Serves a page on an origin of its own (a fresh port), so that no storage is shared with another story.
 *
 * @param {"demo"|"bare"|"empty"} kind
 * @param {object} [options]
 * @param {object} [options.server] of `openServer`; the demo's config.json points at it.
 * @param {object} [options.config] members of config.json that differ.
 * @param {Record<string, object|Function>} [options.files] made-up files, see scripts/lib/static.mjs.
 * @param {Record<string, string>} [options.headers] sent with every answer, for instance a CSP.
 */
export async function openSite(kind, { server, config = {}, files = {}, headers = {}, port = 0 } = {}) {
  const entries = [];
  const requests = [];
  const note = (path) => requests.push(path);
  const site = await serve({
    port,
    headers,
    inject: '<script src="/__harness/in-page.js"></script>',
    mounts: { ...(kind === "demo" ? { "/": demoDist } : {}), "/package/": packedPackage },
    files: {
      "/__harness/in-page.js": { type: "text/javascript", body: inPage },
      "/__harness/console": async (request) => {
        entries.push(JSON.parse(await readBody(request)));
        return { status: 204 };
      },
      ...(kind === "demo" ? { "/config.json": { body: JSON.stringify({ ...defaultPool, endpoint: server?.url, ...config }) } } : {}),
      ...(kind === "bare" ? { "/": barePage() } : {}),
      ...(kind === "empty" ? { "/": { type: "text/html", body: "<!doctype html><html><head><title>empty</title></head><body></body></html>" } } : {}),
      ...Object.fromEntries(
        Object.entries(files).map(([path, file]) => [
          path,
          (request) => {
            note(path);
            return typeof file === "function" ? file(request) : file;
          },
        ]),
      ),
    },
  });
  return {
    ...site,
    /** Everything the console and the error events of this site's pages said: `{ level, text, url }`. */
    console: entries,
    /** Paths of `options.files` that were asked for. */
    requests,
  };
}

// Other people's clients in a browser: bundled once, and driven from here.
import { build } from "esbuild";
import { at } from "../../scripts/lib/paths.mjs";

/** The bundle as a file of a site. */
export async function bundleOthers() {
  const { outputFiles } = await build({
    entryPoints: [at("interop/pages/clients.js")],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return { "/clients.js": { type: "text/javascript", body: outputFiles[0].contents } };
}

/** Calls one verb of one client in the page: `signIn`, `refresh`, `signOut`. Errors keep the service's name. */
export const drive = (page, client, settings, verb, ...args) =>
  page.evaluate(
    async (name, options, method, values) => {
      window.othersLoaded ??= new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement("script"), { src: "/clients.js", onload: resolve, onerror: reject });
        document.head.append(script);
      });
      await window.othersLoaded;
      window.otherClients ??= {};
      const own = (window.otherClients[name] ??= window.others[name](options));
      return (await own[method](...values)) ?? null;
    },
    client,
    settings,
    verb,
    args,
  );

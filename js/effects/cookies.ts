/**
 * The store `cookies`: what other libraries left in this browser besides the stores of the
 * application's choice. `src/protocol/record/adopt.rs` reads it.
 */
import type { Host } from "./host.js";
import type { StorageAdapter } from "../types/index.js";

export const cookiesOf = (host: Host): StorageAdapter => ({
  // An application with a store of its own may have had another library with the browser's.
  getItem: (name) => cookie(name) ?? host.local()?.getItem(name),
  setItem() {},
  removeItem(name) {
    expire(name);
    host.local()?.removeItem(name);
  },
});

/** Ends a cookie of another library: of this host, or of any domain above it. */
function expire(name: string): void {
  if (typeof document !== "object" || cookie(name) === undefined) return;
  const labels = location.hostname.split(".");
  const domains = labels.map((_, index) => `; domain=${labels.slice(index).join(".")}`);
  for (const domain of ["", ...domains]) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
    document.cookie = `${encodeName(name)}=; path=/${domain}; max-age=0`;
  }
}

/** The name js-cookie gives a cookie. */
function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(/%(2[346B]|5E|60|7C)/g, decodeURIComponent)
    .replace(/[()]/g, (bracket) => (bracket === "(" ? "%28" : "%29"));
}

/** A cookie of another library; `undefined` where there is no document. */
function cookie(name: string): string | undefined {
  const encoded = encodeName(name);
  for (const pair of globalThis.document?.cookie.split("; ") ?? []) {
    if (!pair.startsWith(`${encoded}=`)) continue;
    const value = pair.slice(encoded.length + 1);
    return value.replace(/(%[\dA-F]{2})+/gi, (escaped) => {
      try {
        return decodeURIComponent(escaped);
      } catch {
        return escaped;
      }
    });
  }
  return undefined;
}

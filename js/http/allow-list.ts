/**
 * Addresses that may see a token or a signature, as the application lists them.
 */
import { AuthError } from "../errors/auth-error.js";

/** Reads a list; `name` says in errors which one it is. */
export function readAllowed(list: readonly string[], name: string): URL[] {
  // Callers without types leave it out, or give one address instead of a list.
  if (!Array.isArray(list)) throw new AuthError("misuse", { detail: `${name} takes a list` });
  return list.map((text) => readAddress(text, name));
}

/** Whether an address is covered: a listed path covers itself and what is below it. */
export function isAllowed(url: URL, list: readonly URL[]): boolean {
  return list.some((one) => one.origin === url.origin && isBelow(url.pathname, one.pathname));
}

function readAddress(text: string, name: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AuthError("misuse", { detail: `${name} takes absolute addresses` });
  }
  const isLocal =
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname) ||
    url.hostname.endsWith(".localhost");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    throw new AuthError("misuse", {
      detail: `${name} takes https addresses only (http on localhost)`,
    });
  }
  return url;
}

/** `/v1` covers `/v1` and `/v1/x`, not `/v10`. */
function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return path === base || path.startsWith(`${base}/`);
}

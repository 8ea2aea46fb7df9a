/**
 * A session in cookies: for applications on several subdomains. Page scripts can read them, as they
 * can read `localStorage`, and they travel with every request to the domain.
 */
import { AuthError } from "../errors/auth-error.js";
import type { CookieOptions, StorageAdapter } from "../types/index.js";

/** Browsers take 4096 bytes a cookie, name and attributes included. */
const CHUNK = 3_600;

/**
 * A store in cookies, for the `storage` of `createAuth`. What does not fit into one cookie is
 * spread over several and becomes visible in one step.
 *
 * @example
 * createAuth({ userPoolId, clientId, storage: cookieStorage({ domain: "example.com" }) });
 */
export function cookieStorage(options: CookieOptions = {}): StorageAdapter {
  const { domain, path = "/", sameSite = "lax", maxAgeSeconds = 365 * 86_400 } = options;
  if (sameSite === "none" && options.secure === false)
    throw new AuthError("misuse", { detail: "a cookie with sameSite none must be secure" });

  function write(name: string, value: string, maxAge: number, at = domain, below = path): void {
    const secure = options.secure ?? location.protocol === "https:";
    const parts = [`${name}=${value}`, `path=${below}`, `samesite=${sameSite}`];
    if (at) parts.push(`domain=${at}`);
    if (secure) parts.push("secure");
    if (maxAge !== 0) parts.push(`max-age=${maxAge}`);
    try {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere, and has no synchronous form
      document.cookie = parts.join("; ");
    } catch (cause) {
      // A frame that may have no cookies.
      throw refused({ cause });
    }
  }

  /** Removes what was kept under a name before the application set another `domain` or `path`. */
  function removeElsewhere(name: string): void {
    const own = domain?.replace(/^\./, "").toLowerCase() || undefined;
    for (const other of domainsHere())
      for (const below of new Set([path, ...pathsHere()]))
        if (other !== own || below !== path) write(name, "", -1, other ?? "", below);
  }

  /** Names of the chunks of a key that are not of this head. */
  function drop(key: string, but: string): void {
    for (const name of all().keys()) {
      if (name.startsWith(`${key}.~`) && !(but && name.startsWith(`${key}.~${but}.`))) expire(name);
    }
  }

  function expire(name: string): void {
    write(name, "", -1);
    removeElsewhere(name);
  }

  return {
    // Cookies know no ports, and with a `domain` no subdomains.
    shared: true,
    getItem(key) {
      // One look at all of them: what is read belongs together.
      const cookies = all();
      const head = cookies.get(key);
      if (head === undefined) return null;
      const [, id, count] = /^~([a-z0-9]+)\.(\d+)$/.exec(head) ?? [];
      if (id === undefined) return decodeURIComponent(head);
      const chunks = Array.from({ length: Number(count) }, (_, index) =>
        cookies.get(`${key}.~${id}.${index}`),
      );
      return chunks.includes(undefined) ? null : decodeURIComponent(chunks.join(""));
    },

    setItem(key, value) {
      if (!globalThis.document) throw refused({ detail: "no document" });
      const encoded = encodeURIComponent(value).replaceAll("~", "%7E");
      if (encoded.length <= CHUNK) {
        write(key, encoded, maxAgeSeconds);
        removeElsewhere(key);
        drop(key, "");
      } else {
        const id = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).toString(36);
        const count = Math.ceil(encoded.length / CHUNK);
        for (let index = 0; index < count; index++)
          write(
            `${key}.~${id}.${index}`,
            encoded.slice(index * CHUNK, (index + 1) * CHUNK),
            maxAgeSeconds,
          );
        write(key, `~${id}.${count}`, maxAgeSeconds);
        removeElsewhere(key);
        drop(key, id);
      }
      // Browsers drop a cookie they do not like without a word.
      if (this.getItem(key) !== value) throw refused();
    },

    removeItem(key) {
      if (!globalThis.document) return;
      expire(key);
      drop(key, "");
    },
  };
}

function all(): Map<string, string> {
  const pairs = cookiesHere()
    .split("; ")
    .map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    });
  return new Map(pairs);
}

/** None on a server, and none in a frame that may have none. */
function cookiesHere(): string {
  try {
    return globalThis.document?.cookie ?? "";
  } catch {
    return "";
  }
}

/** Where a cookie of this host may be kept: for this host alone, for it and those below, and so on upwards. */
function domainsHere(): (string | undefined)[] {
  const labels = location.hostname.split(".");
  // An address in numbers has no domain above it. A name of one label (`localhost`) is no domain either: browsers
  // take a cookie for it as one of the host alone.
  const isNumeric = /^[\d.]+$|:/.test(location.hostname);
  const names = isNumeric ? [] : labels.slice(1).map((_, index) => labels.slice(index).join("."));
  return [undefined, ...names];
}

/** Paths whose cookies this page sees (RFC 6265, section 5.1.4): with and without a slash at the end they are others. */
function pathsHere(): string[] {
  const parts = (location.pathname ?? "/").split("/").filter(Boolean);
  const folders = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
  return ["/", ...folders.flatMap((folder) => [folder, `${folder}/`])];
}

/** The cookie could not be kept. */
const refused = (more: { cause?: unknown; detail?: string } = {}) =>
  new AuthError("storage", { message: "the session could not be stored", ...more });

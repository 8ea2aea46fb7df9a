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

  function write(name: string, value: string, maxAge: number): void {
    const secure = options.secure ?? location.protocol === "https:";
    const parts = [`${name}=${value}`, `path=${path}`, `samesite=${sameSite}`];
    if (domain) parts.push(`domain=${domain}`);
    if (secure) parts.push("secure");
    if (maxAge !== 0) parts.push(`max-age=${maxAge}`);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere, and has no synchronous form
    document.cookie = parts.join("; ");
  }

  /** Names of the chunks of a key that are not of this head. */
  function drop(key: string, but: string): void {
    for (const name of all().keys()) {
      if (name.startsWith(`${key}.~`) && !(but && name.startsWith(`${key}.~${but}.`)))
        write(name, "", -1);
    }
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
      const encoded = encodeURIComponent(value).replaceAll("~", "%7E");
      if (encoded.length <= CHUNK) {
        write(key, encoded, maxAgeSeconds);
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
        drop(key, id);
      }
      // Browsers drop a cookie they do not like without a word.
      if (this.getItem(key) !== value) throw new AuthError("storage");
    },

    removeItem(key) {
      write(key, "", -1);
      drop(key, "");
    },
  };
}

function all(): Map<string, string> {
  const pairs = document.cookie.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return new Map(pairs);
}

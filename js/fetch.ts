/**
 * `fetch` with the person's token, for an application's own API: sent to listed addresses only.
 */
import { AuthError } from "./errors.js";
import type { AuthFetchOptions } from "./types.js";

/** A token of the live session; `replacing` a token that the API just refused asks for a newer one. */
export type TokenSource = (kind: "access" | "id", replacing?: string) => Promise<string | null>;

/**
 * Makes the function. To a listed address it sends `Authorization: Bearer …` and answers one 401 with a
 * newer token where the body can be sent again; to any other address it sends no token.
 *
 * A redirect ends a request that carries a token with a `TypeError`: a token must not follow it.
 */
export function createAuthFetch(
  { allow, token: kind = "access" }: AuthFetchOptions,
  tokens: TokenSource,
): typeof fetch {
  const allowed = allow.map(readAddress);

  return async function authFetch(input, init) {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const covered = allowed.some(
      (one) => one.origin === url.origin && isBelow(url.pathname, one.pathname),
    );
    const token = covered ? await tokens(kind) : null;
    if (!token) return fetch(request);

    // A body that is a stream can be read once only.
    const isReplayable =
      !(init?.body instanceof ReadableStream) && !(input instanceof Request && input.body);
    const again = isReplayable ? request.clone() : undefined;
    const reply = await send(request, token);
    if (reply.status !== 401 || !again) return reply;
    const newer = await tokens(kind, token);
    return newer && newer !== token ? send(again, newer) : reply;
  };
}

function send(request: Request, token: string): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  // SECURITY: the token must not cross to another origin, and browsers differ in what they strip.
  return fetch(new Request(request, { headers, redirect: "error" }));
}

function readAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AuthError("misuse", { detail: "fetch.allow takes absolute addresses" });
  }
  const isLocal =
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname) ||
    url.hostname.endsWith(".localhost");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    throw new AuthError("misuse", {
      detail: "fetch.allow takes https addresses only (http on localhost)",
    });
  }
  return url;
}

/** Whether a path is the folder or below it: `/v1` covers `/v1` and `/v1/x`, not `/v10`. */
function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return path === base || path.startsWith(`${base}/`);
}

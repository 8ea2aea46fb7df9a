/**
 * `fetch` with the person's token, for an application's own API: sent to listed addresses only.
 */
import { isAllowed, readAllowed } from "./allow-list.js";
import type { Auth, AuthFetchOptions, AuthOptions, Session } from "../types/index.js";

/** A token of the live session; `replacing` a token that the API just refused asks for a newer one. */
export type TokenSource = (kind: "access" | "id", replacing?: string) => Promise<string | null>;

/** The function as an application configures it, with the tokens of who is signed in. */
export const fetchOf = ({ fetch: own = { allow: [] } }: AuthOptions, auth: Pick<Auth, "session">) =>
  createAuthFetch(own, tokensOf(auth));

function tokensOf({ session }: Pick<Auth, "session">): TokenSource {
  return async (kind, replacing) => {
    const pick = (live: Session | null) =>
      (kind === "id" ? live?.idToken : live?.accessToken) ?? null;
    const held = pick(await session());
    if (replacing === undefined || held !== replacing) return held;
    return pick(await session({ forceRefresh: true }));
  };
}

/**
 * Makes the function. To a listed address it sends `Authorization: Bearer …` and answers one 401 with a
 * newer token where the body can be sent again; to any other address it sends no token.
 *
 * What goes wrong rejects, and never throws: an `AuthError` where no token could be had or the list is wrong
 * (`misuse`), else what the browser's own `fetch` rejects with.
 *
 * A redirect ends a request that carries a token with a `TypeError`: a token must not follow it.
 */
export function createAuthFetch(
  { allow, token: kind = "access" }: AuthFetchOptions,
  tokens: TokenSource,
): typeof fetch {
  const allowed = readAllowed(allow, "fetch.allow");

  return async function authFetch(input, init) {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const token = isAllowed(url, allowed) ? await tokens(kind) : null;
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

/**
 * Sign-in through the pool's domain, loaded when it is used: what is asked for and what is
 * accepted, the core decides; this keeps the flow's record and moves the page.
 */
import type { Arrival } from "./callback.js";
import type { Call } from "../core/core.js";
import { authError, type CoreFailure, fromCore } from "../errors/codes.js";
import type { Host } from "../effects/host.js";
import { readRecord, toSession } from "../session/stored-session.js";
import type {
  Auth,
  AuthOptions,
  RedirectInput,
  RedirectResult,
  RedirectSignOutInput,
  RedirectState,
  SignOutResult,
} from "../types/index.js";

/** What this part of the object needs of the rest. */
export interface Context {
  options: AuthOptions;
  call: Call;
  auth: Pick<Auth, "signOut">;
  host: Host;
}

/** As in `arrival.ts`. */
const FLOW = "lifeguard.flow.";

/** A flow that begins: `src/step/redirect.rs`. */
export interface Begun {
  url: string;
  state: string;
  record: string;
  gone: string[];
  lifetimeMs: number;
}

/** Asks the core for a flow. */
export async function begin(
  { options, call }: Context,
  { signal, appState, persistence, ...input }: RedirectInput,
  more: object = {},
): Promise<Begun> {
  const { oauth, storage } = options;
  return call<Begun>(
    "beginRedirect",
    {
      ...input,
      ...more,
      ...where(oauth),
      appState: toJson(appState),
      store: persistence ?? (typeof storage === "string" ? storage : "local"),
      kept: kept(),
    },
    signal,
  );
}

/** Keeps a flow's record until its response arrives: where a provider that comes back in another tab is met too. */
function keep({ gone, state, record }: Begun): void {
  try {
    for (const key of gone) localStorage.removeItem(key);
    localStorage.setItem(FLOW + state, record);
  } catch (cause) {
    // Without a record the response could not be told from anybody's.
    throw authError("storage", { detail: "localStorage is switched off or full", cause });
  }
}

/** Records of flows that wait: key and text. */
function kept(): [key: string, text: string | null][] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(FLOW));
    return keys.map((key) => [key, localStorage.getItem(key)]);
  } catch {
    return [];
  }
}

export async function signIn(context: Context, input: RedirectInput = {}): Promise<never> {
  const begun = await begin(context, input);
  keep(begun);
  const isBack = await leave(begun, input.signal);
  throw authError(isBack ? "redirectCancelled" : "redirectExpired");
}

export async function signUpUrl(context: Context, input: RedirectInput = {}): Promise<string> {
  const begun = await begin(context, input, { screen: "signUp" });
  keep(begun);
  return begun.url;
}

export async function signOut(
  context: Context,
  { signal, logoutUri, backToSignIn, global = false }: RedirectSignOutInput = {},
): Promise<SignOutResult> {
  // First of all where to go: what cannot be asked for must not be found out half-way.
  let url: string;
  if (backToSignIn) {
    const input = backToSignIn === true ? {} : backToSignIn;
    const begun = await begin(context, input, { afterSignOut: true });
    keep(begun);
    url = begun.url;
  } else {
    const { options, call } = context;
    url = await call<string>("signOutUrl", { ...where(options.oauth), logoutUri }, signal);
  }
  const result = await context.auth.signOut({ global, ...(signal && { signal }) });
  await leave({ url });
  return result;
}

/** Turns a response into a session. */
export async function finish({ call }: Context, arrival: Arrival): Promise<RedirectResult> {
  const { failure, record, returnTo, appState } = await call<{
    failure?: CoreFailure;
    record: string;
    returnTo?: string;
    appState?: string;
  }>("finishRedirect", arrival);
  const state: RedirectState = {
    ...(returnTo !== undefined && { returnTo }),
    ...(appState !== undefined && { appState: JSON.parse(appState) as unknown }),
  };
  if (failure) throw fromCore({ ...failure, redirect: state });
  return { user: toSession(readRecord(record)).user, ...state };
}

/**
 * Goes to an address. Settles only if this page is still there, or there again: `true` when the person
 * came back to it, `false` when nothing happened for as long as a flow lives.
 */
function leave(
  { url, lifetimeMs = 60_000 }: { url: string; lifetimeMs?: number },
  signal?: AbortSignal,
): Promise<boolean> {
  if (signal?.aborted) throw authError("aborted");
  location.assign(url);
  const over = new AbortController();
  const { signal: ends } = over;
  return new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(resolve, lifetimeMs, false);
    ends.addEventListener("abort", () => clearTimeout(timer));
    // Out of the back/forward cache; a page that is loaded anew knows nothing of this promise.
    addEventListener("pageshow", (event) => event.persisted && resolve(true), { signal: ends });
    const stop = () => reject(authError("aborted"));
    signal?.addEventListener("abort", stop, { signal: ends });
  }).finally(() => over.abort());
}

/** Origin and path of this page: its query has no part in the flow. */
function where(oauth: AuthOptions["oauth"]): object {
  if (!oauth) throw authError("misuse", { detail: "createAuth needs the oauth options for this" });
  return { oauth, page: location.origin + location.pathname };
}

function toJson(appState: unknown): string | undefined {
  try {
    return JSON.stringify(appState);
  } catch (cause) {
    throw authError("misuse", { detail: "appState must have a JSON form", cause });
  }
}

/**
 * Sign-in through the pool's domain, loaded when it is used: what is asked for and what is
 * accepted, the core decides; this keeps the flow's record and moves the page.
 */
import type { Arrival } from "./callback.js";
import type { Call } from "../core/core.js";
import type { CoreFailure } from "../errors/codes.js";
import type { Host } from "../effects/host.js";
import { forgetAttempt, forgetSignOut, isSigningOut, noteSignOut } from "./marks.js";
import { FLOW, spend } from "./record.js";
import { authError, compile, fromCore } from "./tools.js";
import type { inTime } from "../once.js";
import type { outside } from "../zone.js";
import type {
  Auth,
  AuthOptions,
  RedirectInput,
  RedirectResult,
  RedirectSignOutInput,
  RedirectState,
  Session,
  SignOutResult,
} from "../types/index.js";

/** What this part of the object needs of the rest. */
export interface Context {
  options: AuthOptions;
  call: Call;
  /** Loads what every call needs, but for the WebAssembly. */
  load(): Promise<unknown>;
  auth: Pick<Auth, "signOut">;
  /** A part that is loading: rejects where it does not, or not in time. */
  inTime: typeof inTime;
  host: Host;
  /** Runs what sets a long timer. */
  outside: typeof outside;
  /** The session of a stored record's text. */
  readSession(record: string): Session;
}

/** How long a page that is used again may still be about to leave once the domain has answered, in milliseconds. */
const STILL_HERE_MS = 2_000;
/** How long a browser may wait for the domain, in milliseconds. */
const DOMAIN_MS = 60_000;
/** How often a request that the browser refuses is made, and how long after each other, in milliseconds. */
const [ATTEMPTS, AGAIN_MS] = [20, 500];

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
  // SECURITY: while a tab signs out at the domain, that would sign the user in again without asking.
  const isLeaving = isSigningOut(options.clientId);
  if (isLeaving && input.prompt === "none") throw authError("loginRequired");
  const prompt = input.prompt ?? (isLeaving ? "login" : undefined);
  return call<Begun>(
    "beginRedirect",
    {
      ...input,
      ...(prompt && { prompt }),
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
  const isBack = await context.outside(() => leave(begun, input.signal));
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
  noteSignOut(context.options.clientId);
  const result = await context.auth.signOut({ global, ...(signal && { signal }) });
  await context.outside(() => leave({ url }));
  forgetSignOut(context.options.clientId);
  return result;
}

/** A response, and the record of the flow it says it is of. */
export interface Response {
  response: string;
  record?: string;
}

/** Finishes a response in this page's address. It is spent once everything that this needs is there. */
export async function finish(context: Context, arrival: Arrival): Promise<RedirectResult> {
  const { response } = arrival;
  const { options, host, load } = context;
  await Promise.all([load(), compile(options.wasm ?? host.file)]);
  return spend(arrival, (record) =>
    exchange(context, record ? { response, record } : { response }),
  );
}

/** Turns a response into a session. */
export async function exchange(context: Context, given: Response): Promise<RedirectResult> {
  const { failure, record, returnTo, appState } = await context.call<{
    failure?: CoreFailure;
    record: string;
    returnTo?: string;
    appState?: string;
  }>("finishRedirect", given);
  const state: RedirectState = {
    ...(returnTo !== undefined && { returnTo }),
    ...(appState !== undefined && { appState: JSON.parse(appState) as unknown }),
  };
  if (failure) throw fromCore({ ...failure, redirect: state });
  forgetAttempt(context.options.clientId);
  return { user: context.readSession(record).user, ...state };
}

/**
 * Goes to an address. Settles only if this page is used again: `true` when the user came back to it, or never
 * left, because what opened was an application of the device that they closed; `false` when nothing happened for
 * as long as a flow lives.
 *
 * A page that gets the focus back may have been left for an application, or be about to go where the domain takes its time:
 * no event and no API of the browsers tells the two apart (one that answers with an application, a file or nothing ends a
 * navigation without a word). So the page asks the same address once more, without anything of the user: for as long as
 * that has no answer, the navigation has none either.
 */
function leave(
  { url, lifetimeMs = 60_000 }: { url: string; lifetimeMs?: number },
  signal?: AbortSignal,
): Promise<boolean> {
  if (signal?.aborted) throw authError("aborted");
  try {
    location.assign(url);
  } catch (cause) {
    throw authError("misuse", { detail: "this page may not be left", cause });
  }
  const over = new AbortController();
  const { signal: ends } = over;
  return new Promise<boolean>((resolve, reject) => {
    const timer = setTimeout(resolve, lifetimeMs, false);
    let still: ReturnType<typeof setTimeout> | undefined;
    let asked: Promise<void> | undefined;
    /** The last time that the page was used: what an earlier one waits for counts no more. */
    let use = 0;
    const isLeft = () => {
      use += 1;
      clearTimeout(still);
    };
    const isUsed = async () => {
      isLeft();
      // Whoever looks at another tab while the next page loads comes back to this one, too.
      if (document.visibilityState !== "visible") return;
      const now = use;
      asked ??= answer(url, ends).finally(() => {
        asked = undefined;
      });
      await asked;
      if (now === use && !ends.aborted) still = setTimeout(resolve, STILL_HERE_MS, true);
    };
    ends.addEventListener("abort", () => {
      clearTimeout(timer);
      clearTimeout(still);
    });
    addEventListener("pagehide", isLeft, { signal: ends });
    // Out of the back/forward cache; a page that is loaded anew knows nothing of this promise.
    addEventListener("pageshow", (event) => (event.persisted ? resolve(true) : void isUsed()), {
      signal: ends,
    });
    addEventListener("focus", () => void isUsed(), { signal: ends });
    document.addEventListener("visibilitychange", () => void isUsed(), { signal: ends });
    const stop = () => reject(authError("aborted"));
    signal?.addEventListener("abort", stop, { signal: ends });
  }).finally(() => over.abort());
}

/**
 * Waits until an address answers. WebKit refuses every request of a page that is about to leave, until it is not any more;
 * a policy of the page (`connect-src`) refuses always.
 */
async function answer(url: string, ends: AbortSignal): Promise<void> {
  const asked = new AbortController();
  const { signal } = asked;
  const stop = () => asked.abort();
  const timer = setTimeout(stop, DOMAIN_MS);
  ends.addEventListener("abort", stop);
  for (let left = ATTEMPTS; left > 0 && !signal.aborted; left -= 1) {
    try {
      // SECURITY: without cookies this is nobody's request; its answer is not read.
      await fetch(url, {
        mode: "no-cors",
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal,
      });
      break;
    } catch {
      await new Promise((next) => setTimeout(next, AGAIN_MS));
    }
  }
  clearTimeout(timer);
  ends.removeEventListener("abort", stop);
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

/**
 * Responses in the address of this page: whose they are, and that each is used once. What finishes one is loaded
 * when there is one; until then neither the address nor the flow's record is touched.
 */
import { takeRecord } from "./record.js";
import type { AuthOptions, RedirectResult } from "../types/index.js";

/** A response of ours in the address. */
export interface Arrival {
  /** The query it came in. */
  response: string;
  /**
   * Spends the response: takes it out of the address, and the flow's record out of the store, and hands the record to
   * `use`. No other tab gets the record as long as `use` runs, nor later.
   */
  spend<T>(use: (record?: string) => Promise<T>): Promise<T>;
}

/** Keys of the records in `localStorage`; the flow's state follows. */
export const FLOW = "lifeguard.flow.";
/** How every state of ours begins, as `flow.rs` makes them: a stranger's response is not ours to take. */
export const STATE_PREFIX = "lg.";
/** How long after the first look at the session an application may call `handleRedirect`, in milliseconds. */
const CALL_MS = 1_000;
/** How often that is looked at, in milliseconds. */
const LOOK_MS = 25;

/** What is being made of an app client's response. */
const pending = new Map<string, Promise<RedirectResult>>();
/** States of responses that nobody asked for in time. */
const left = new Set<string>();

/** Takes a response once: who asks while it is being finished gets the same answer, who asks later gets none. */
export async function takeOnce(
  options: AuthOptions,
  finish: (arrival: Arrival) => Promise<RedirectResult>,
): Promise<RedirectResult | null> {
  const { clientId } = options;
  const running = pending.get(clientId);
  if (running) return running;
  const arrival = find(options);
  if (!arrival) return null;
  const result = finish(arrival).finally(() => {
    if (pending.get(clientId) === result) pending.delete(clientId);
  });
  pending.set(clientId, result);
  return result;
}

/**
 * Waits for a response of ours that is being finished, or is about to be: until then nobody can say who is signed in.
 * Applications look at the session before they call `handleRedirect`, but not long before.
 */
export async function untilTaken(options: AuthOptions, signal?: AbortSignal): Promise<void> {
  const { clientId } = options;
  if (!pending.has(clientId) && !find(options)) return;
  const ends = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal?.addEventListener("abort", () => resolve(), { signal: ends.signal });
  });
  const taken = async () => {
    const state = findState() ?? "";
    for (let ms = 0; !left.has(state) && !pending.has(clientId) && find(options); ms += LOOK_MS) {
      if (ms >= CALL_MS) left.add(state);
      else await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await pending.get(clientId)?.catch(() => {});
  };
  await Promise.race([taken(), aborted]);
  ends.abort();
}

/** Somebody signed out: what is being finished is no answer to who asks from now on. */
export function forgetResult({ clientId }: AuthOptions): void {
  pending.delete(clientId);
}

/** The state of the response in this page's address, if there is one. */
export function findState(): string | null {
  const query = new URLSearchParams(location.search);
  return query.has("code") || query.has("error") ? query.get("state") : null;
}

/** Takes the response out of the address; what is the application's own stays, byte for byte. */
export function scrub(): string {
  const response = location.search.slice(1);
  // RFC 6749, sections 4.1.2 and 4.1.2.1; RFC 9207.
  const ours = /^(code|state|error(_description|_uri)?|iss)$/;
  const nameOf = (part: string) => [...new URLSearchParams(`&${part}`).keys()][0] ?? "";
  const rest = response
    .split("&")
    .filter((part) => !ours.test(nameOf(part)))
    .join("&");
  const [, base = "", hash = ""] = /^([^?#]*)[^#]*(.*)$/s.exec(location.href) ?? [];
  history.replaceState(history.state, "", base + (rest && `?${rest}`) + hash);
  return response;
}

/** Whether an address is this page's; hosts add a slash to a folder's name. */
function isHere(uri: string): boolean {
  const base = (text: string) => text.replace(/\/?(\?.*)?$/, "");
  return base(uri) === base(location.origin + location.pathname);
}

/** The response here, if it is one of this app client. Touches nothing. */
function find({ clientId, oauth }: AuthOptions): Arrival | undefined {
  if (!globalThis.location || !oauth?.redirectUris.some(isHere)) return undefined;
  const state = findState();
  if (!state) return undefined;
  const record = read(FLOW + state);
  if (record === null && !state.startsWith(STATE_PREFIX)) return undefined;
  // A flow of another client on the same page: its own object takes it.
  if (record && !record.includes(`"client":"${clientId}"`)) return undefined;
  const response = location.search.slice(1);
  return {
    response,
    spend(use) {
      // SECURITY: out of the address and this entry of the history before anything is sent. The application may have
      // gone on meanwhile.
      if (findState() === state) scrub();
      return takeRecord(FLOW + state, use);
    },
  };
}

/** Without a store there is no record: the response is refused. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

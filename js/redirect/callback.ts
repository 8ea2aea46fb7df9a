/**
 * Responses in the address of this page: whose they are, and that each is used once. What finishes one is loaded
 * when there is one; until then neither the address nor the flow's record is touched.
 */
import type { AuthOptions, RedirectResult } from "../types/index.js";

/** A response of ours in the address: `record.ts` spends it. */
export interface Arrival {
  /** The query it came in. */
  response: string;
  state: string;
}

/** Keys of the records in `localStorage`; the flow's state follows. */
const FLOW = "lifeguard.flow.";
/** How every state of ours begins, as `flow.rs` makes them: a stranger's response is not ours to take. */
const STATE_PREFIX = "lg.";
/** How long after its first look at the session a page may call `handleRedirect`, in milliseconds. */
const CALL_MS = 1_000;
/** How often that is looked at, in milliseconds. */
const LOOK_MS = 25;

/** What is being made of an app client's response. */
const pending = new Map<string, Promise<RedirectResult>>();
/** When this page looked first. */
let since: number | undefined;

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
  while (!signal?.aborted && isComing(options))
    await new Promise((next) => setTimeout(next, LOOK_MS));
}

/** Whether a response of ours is being finished, or is about to be. */
export function isComing(options: AuthOptions): boolean {
  since ??= performance.now();
  const isEarly = performance.now() - since < CALL_MS;
  return pending.has(options.clientId) || (isEarly && find(options) !== undefined);
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

/** Whether an address is this page's; hosts add a slash to a folder's name. */
function isHere(uri: string): boolean {
  const base = (text: string) => text.replace(/\/?(\?.*)?$/, "");
  return base(String(uri)) === base(location.origin + location.pathname);
}

/** The response here, if it is one of this app client. Touches nothing. */
function find({ clientId, oauth }: AuthOptions): Arrival | undefined {
  if (!globalThis.location || !oauth?.redirectUris?.some(isHere)) return undefined;
  const state = findState();
  if (!state) return undefined;
  const record = read(FLOW + state);
  // A flow of another client on the same page: its own object takes it.
  const isOurs = record
    ? record.includes(`"client":"${clientId}"`)
    : state.startsWith(STATE_PREFIX);
  return isOurs ? { response: location.search.slice(1), state } : undefined;
}

/** Without a store there is no record: the response is refused. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

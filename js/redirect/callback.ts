/**
 * The part of the redirect flow that cannot wait: a response is taken out of the address, and the
 * flow's record out of the store, in one step before anything is awaited or loaded.
 */
import type { AuthOptions, RedirectResult } from "../types/index.js";

/** A response, and the record of the flow it says it is of. */
export interface Arrival {
  response: string;
  record?: string;
}

/** Keys of the records in `localStorage`; the flow's state follows. */
export const FLOW = "lifeguard.flow.";

/** What was made of an app client's last response, and the address it left behind. */
const results = new Map<string, { href: string; result: Promise<RedirectResult> }>();

/** Takes a response once; whoever asks again at the same address gets the same answer. */
export async function takeOnce(
  { clientId, oauth }: AuthOptions,
  finish: (arrival: Arrival) => Promise<RedirectResult>,
): Promise<RedirectResult | null> {
  if (!oauth || !globalThis.location) return null;
  const arrival = oauth.redirectUris.some(isHere) && take(clientId);
  if (arrival) results.set(clientId, { href: location.href, result: finish(arrival) });
  const last = results.get(clientId);
  return last?.href === location.href ? last.result : null;
}

/** Somebody signed out: what was said before is no answer any more. */
export function forgetResult({ clientId }: AuthOptions): void {
  results.delete(clientId);
}

/** The state of the response in this page's address, if there is one. */
export function findState(): string | null {
  const query = new URLSearchParams(location.search);
  return query.has("code") || query.has("error") ? query.get("state") : null;
}

/** Takes the response out of the address; what is the application's own stays as it is. */
export function scrub(): string {
  const url = new URL(location.href);
  const response = url.search.slice(1);
  // RFC 6749, sections 4.1.2 and 4.1.2.1; RFC 9207.
  const ours = /^(code|state|error(_description|_uri)?|iss)(=|$)/;
  url.search = response
    .split("&")
    .filter((part) => !ours.test(part))
    .join("&");
  history.replaceState(history.state, "", url);
  return response;
}

/** Whether an address is this page's; hosts add a slash to a folder's name. */
function isHere(uri: string): boolean {
  const base = (text: string) => text.replace(/\/?(\?.*)?$/, "");
  return base(uri) === base(location.origin + location.pathname);
}

function take(clientId: string): Arrival | undefined {
  const state = findState();
  if (!state) return undefined;
  let record: string | null = null;
  try {
    record = localStorage.getItem(FLOW + state);
    // A flow of another client on the same page: its own object takes it.
    if (record && !record.includes(`"client":"${clientId}"`)) return undefined;
    localStorage.removeItem(FLOW + state);
  } catch {
    // Without a store there is no record: the response is refused.
  }
  // SECURITY: out of the address and this entry of the history before anything is awaited.
  const response = scrub();
  return record ? { response, record } : { response };
}

/**
 * What a tab, and all tabs of this browser, remember for a moment of going to the domain.
 */
import { get, set } from "./stores.js";
import { authError } from "./tools.js";

/** How long a tab does not go to the domain again after a silent attempt, in milliseconds. */
const AGAIN_MS = 60_000;
const ATTEMPT = "lifeguard.silent.";

/**
 * Notes that this tab is about to ask the domain silently. Rejects where the last time did not end signed in, for
 * whatever reason, or cannot be known: an application that asks at each start would leave the page for ever.
 */
export function noteAttempt(clientId: string): void {
  if (isRecent(get("sessionStorage", ATTEMPT + clientId), AGAIN_MS))
    throw authError("loginRequired");
  if (!set("sessionStorage", ATTEMPT + clientId, Date.now()))
    throw authError("storage", { detail: "sessionStorage is switched off or full" });
}

/** The domain knows the user: asking again leads somewhere. */
export function forgetAttempt(clientId: string): void {
  set("sessionStorage", ATTEMPT + clientId);
}

/** How long a tab may be on its way to sign out at the domain, in milliseconds. */
const SIGN_OUT_MS = 10_000;
const SIGN_OUT = "lifeguard.leaving.";
/** App clients that this very page signs out of. */
const here = new Set<string>();

/** Notes for all tabs that a sign-out at the domain is under way: until it is done, the domain still knows the user. */
export function noteSignOut(clientId: string): void {
  here.add(clientId);
  // Tabs without a store share no session.
  mark(clientId, Date.now());
}

export function forgetSignOut(clientId: string): void {
  here.delete(clientId);
  mark(clientId);
}

function mark(clientId: string, at?: number): void {
  set("localStorage", SIGN_OUT + clientId, at);
  set("sessionStorage", SIGN_OUT + clientId, at);
}

/** Whether a tab of this browser is on its way to the domain. */
export function isSigningOut(clientId: string): boolean {
  const at = get("localStorage", SIGN_OUT + clientId);
  // A later page of the tab that left: it has been there.
  const isBack = !here.has(clientId) && at === get("sessionStorage", SIGN_OUT + clientId);
  if (at !== null && !isBack && isRecent(at, SIGN_OUT_MS)) return true;
  if (at !== null) forgetSignOut(clientId);
  return false;
}

/** Whether a time, as text, is not long ago; clocks may have been set back since. */
function isRecent(at: string | null, ms: number): boolean {
  return at !== null && Math.abs(Date.now() - Number(at)) < ms;
}

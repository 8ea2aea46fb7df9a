/**
 * The session: reading it, hearing of it, keeping it.
 */
import type { CallOptions } from "./index.js";

/** What {@link "../types".Auth.session} and its shorter sisters take. */
export interface SessionOptions extends CallOptions {
  /** Asks for new tokens even though the ones there are would do: after a change of attributes or groups. */
  forceRefresh?: boolean;
}

/** What a sign-out may be asked for. */
export interface SignOutOptions extends CallOptions {
  /** Ends the person's sessions on every device too. Default `false`. */
  global?: boolean;
}

/** What a sign-out achieved. */
export interface SignOutResult {
  /** Whether the stores let go of the session. */
  cleared: boolean;
  /**
   * Whether the service confirmed that the refresh token is dead: `false` when it could not be reached,
   * or the code for it did not load.
   */
  revoked: boolean;
  /** With `global`: whether the service confirmed that the person is signed out everywhere. */
  everywhere?: boolean;
}

/**
 * How the session is. `loading`: not known yet, because a store answers later or the session has to be
 * refreshed or adopted first; `statusChanged` follows. `degraded`: the service is not available at the
 * moment; `offline`: this device has no connection. Neither signs anybody out: Lifeguard retries by
 * itself, and `refreshed` follows.
 */
export type AuthStatus = "loading" | "ok" | "degraded" | "offline" | "signedOut";

/**
 * Why a session ended: by a sign-out of this page, by {@link SessionTimeout}, by the service's refusal
 * to go on, or in another tab.
 */
export type SignedOutReason = "signOut" | "timeout" | "refused" | "elsewhere";

/** After how long a session ends by itself. Then it is signed out as by {@link "../types".Auth.signOut}. */
export interface SessionTimeout {
  /**
   * Since somebody last touched a page of this browser that uses Lifeguard (pointer, keyboard,
   * wheel), whichever tab it was. Default: never.
   */
  idleSeconds?: number;
  /** Since the sign-in, whatever has been done since. Default: never. */
  absoluteSeconds?: number;
}

/** What handlers are told, by the name of the event. Told only what really changed, after it is stored. */
export interface AuthEvents {
  signedIn: { user: EventUser };
  signedOut: { reason: SignedOutReason };
  /** New tokens, whatever asked for them; `expiresAt` in Unix seconds on this device's clock. */
  refreshed: { expiresAt: number };
  statusChanged: { status: AuthStatus };
  /** Somebody else is signed in now. */
  userChanged: { user: EventUser };
}

/** Who an event is about. */
export interface EventUser {
  username: string;
  sub: string;
}

/** How a cookie that holds a session is made. */
export interface CookieOptions {
  /** Default: this host only. */
  domain?: string;
  /** Default `/`. */
  path?: string;
  /** Default `lax`. `none` needs `secure`. */
  sameSite?: "strict" | "lax" | "none";
  /** Default: whether this page came over https. */
  secure?: boolean;
  /** How long they last. Default 365 days; 0: until the browser is closed. */
  maxAgeSeconds?: number;
}

/**
 * Ends a session whose time is over, where the application sets one: after nobody has touched any
 * of its pages for a while, or a fixed time after the sign-in. Loaded only then.
 */
import type { Host } from "../effects/host.js";
import { AuthError } from "../errors/auth-error.js";
import type { Found, readClaims } from "./stored-session.js";
import type { Claims, SessionTimeout } from "../types/index.js";

/** What a person does with a page that is being used. */
const touches = ["pointerdown", "keydown", "wheel", "touchstart"];
/** The use of a page is noted at most this often. */
const NOTE_MS = 10_000;

/**
 * Keeps the time of one pool's session; `key`: of the note of its last use. `read` is handed over because a bundler makes a file of its own,
 * for every page, of what a page and a part loaded later both import.
 */
export function createTimeout(
  { idleSeconds = 0, absoluteSeconds = 0 }: SessionTimeout,
  key: string,
  host: Host,
  read: typeof readClaims,
) {
  // A setting that is missing must not sign everybody out.
  if (Number.isNaN(idleSeconds + absoluteSeconds))
    throw new AuthError("misuse", { detail: "sessionTimeout takes numbers of seconds" });
  const idleMs = idleSeconds * 1000;
  /** When this page last noted that it is used: holds where the store fails. */
  let noted = 0;

  /**
   * When any page of this browser was used last, a sign-in included. A time in the future is that of
   * another clock: now.
   */
  async function lastUse(signedIn: number, now: number): Promise<number> {
    let stored = 0;
    try {
      stored = Number(await host.lasting.getItem(key)) || 0;
    } catch {
      // A store that fails ends nothing: this page's own note counts.
    }
    const last = Math.max(stored, noted);
    if (last <= 0) return now;
    const latest = Math.max(last, signedIn);
    return latest <= now ? latest : now;
  }

  async function note(now: number): Promise<void> {
    noted = now;
    try {
      await host.lasting.setItem(key, String(now));
    } catch {
      // As above.
    }
  }

  return {
    /** When it ends, as far as is known: a page that is used puts it off. */
    async endsAt(found: Found): Promise<number> {
      const now = Date.now();
      const signedIn = signedInAt(found, read(found.accessToken));
      const absolute = absoluteSeconds > 0 ? signedIn + absoluteSeconds * 1000 : Infinity;
      if (idleSeconds <= 0) return absolute;
      const last = await lastUse(signedIn, now);
      if (noted === 0 && last === now) await note(now);
      return Math.min(absolute, last + idleMs);
    },

    /** Nobody is signed in any more. */
    async forget(): Promise<void> {
      noted = 0;
      try {
        await host.lasting.removeItem(key);
      } catch {
        // Only a time is left behind.
      }
    },

    /** Notes the use of this page until `signal` ends it. `isOver` looks at the session first. */
    listen(signal: AbortSignal, isOver: () => Promise<boolean>): void {
      if (idleSeconds <= 0 || typeof window !== "object") return;
      const every = Math.min(NOTE_MS, idleMs / 10);
      let isChecking = false;
      const onTouch = async () => {
        const now = Date.now();
        if (isChecking || (now >= noted && now - noted < every)) return;
        isChecking = true;
        // A touch does not bring back a session whose time was over before it.
        if (!(await isOver())) await note(now);
        isChecking = false;
      };
      for (const name of touches) {
        window.addEventListener(name, () => void onTouch(), {
          signal,
          passive: true,
          capture: true,
        });
      }
    },
  };
}

/**
 * When the person signed in, on this device's clock: by how much older the sign-in is than the
 * token, which the service's clock tells, before the token's receipt.
 */
function signedInAt({ receivedAt }: Found, claims: Claims): number {
  const ageSeconds = Number(claims.iat) - Number(claims.auth_time ?? claims.iat);
  return receivedAt - Math.max(ageSeconds || 0, 0) * 1000;
}

export type Timeout = ReturnType<typeof createTimeout>;

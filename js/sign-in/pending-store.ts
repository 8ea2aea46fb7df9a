/**
 * Half-finished sign-ins that outlive the page, where the application asks for that: one record in the
 * tab's own store, or in the one that all tabs share. Never a password, an SRP value, a code or the secret of a new authenticator app.
 * Loaded only by pages that ask.
 */
import type { Question } from "./sign-in.js";
import type { AuthOptions, StorageAdapter } from "../types/index.js";

/** A question that waits; what the core makes it of again. */
type Kept = Pick<Question, "pending" | "store"> & { id: string };

interface Entry extends Kept {
  /** Unix time in milliseconds. */
  until: number;
}

/** Form of the record. */
const VERSION = 1;
/** More than any person has at once. */
const MOST = 16;

/** The service's default is three minutes, after which a question cannot be answered any more. */
const VALID_SECONDS = 180;

/** Half-finished sign-ins with one app client. The store may be switched off. */
export function createResume({ userPoolId: pool, clientId, resumeSignIn }: AuthOptions) {
  const { validSeconds = VALID_SECONDS, everyTab = false } =
    typeof resumeSignIn === "object" ? resumeSignIn : {};
  const validMs = validSeconds * 1000;
  const store = (): StorageAdapter =>
    everyTab ? globalThis.localStorage : globalThis.sessionStorage;
  const key = `lifeguard.${clientId}.pending`;

  /** Every one that can still go on, oldest first. */
  function all(): Entry[] {
    try {
      const record = JSON.parse(store().getItem(key) as string);
      if (record.v !== VERSION || record.pool !== pool) return [];
      const now = Date.now();
      // A time further away than it can be was written by another clock.
      return record.entries.filter(({ until }: Entry) => until > now && until <= now + validMs);
    } catch {
      return [];
    }
  }

  /** A store that refuses costs a resumption, not the sign-in. */
  function write(entries: Entry[]): void {
    try {
      if (entries.length)
        store().setItem(key, JSON.stringify({ v: VERSION, pool, entries: entries.slice(-MOST) }));
      else store().removeItem(key);
    } catch {}
  }

  const without = (gone: string) => all().filter(({ id }) => id !== gone);

  return {
    /** Whether another tab may have answered one of them. */
    everyTab,

    all: (): Kept[] => all(),

    /** Keeps a question for a reload of the page, in place of the one with its handle. */
    keep({ challenge: { id }, pending, store: kind }: Question): void {
      // SECURITY: the core sets an app up anew, with a new secret, where it misses this one.
      const { secret, ...kept } = pending;
      const until = Date.now() + validMs;
      write([...without(id), { id, until, store: kind, pending: kept }]);
    },

    /** Drops one that was answered or cancelled. */
    forget: (id: string): void => write(without(id)),
  };
}

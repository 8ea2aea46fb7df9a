/**
 * The stored session, read without the core: `src/protocol/record.rs` and `session.rs` are the
 * other side. Whatever is not plainly fresh is the core's to judge.
 */
import type { Host } from "../effects/host.js";
import type { AuthOptions, Claims, Session, StorageAdapter } from "../types/index.js";

/** What is stored, as `record.rs` writes it. */
interface StoredRecord {
  v: number;
  pool: string;
  epoch: string;
  username: string;
  sub: string;
  accessToken: string;
  idToken?: string;
  refreshToken?: string;
  receivedAt: number;
  expiresAt: number;
  freshUntil: number;
}

/** A record that counts: as text, and as data. */
export interface Found extends StoredRecord {
  text: string;
}

/** What the stores hold: `null` for nothing at all, `undefined` for what only the core can judge. */
export type Look = Found | null | undefined;

/** The record of this page's stores; a promise only where a store answers with one. */
export function findRecord(options: AuthOptions, host: Host): Look | Promise<Look> {
  const stores = [host.memory, host.tab, host.lasting];
  function from(index: number, before: Look): Look | Promise<Look> {
    const store = stores[index];
    if (!store) return before;
    return then(
      readStore(options, store),
      (found) => found || from(index + 1, found === null ? before : undefined),
    );
  }
  try {
    return from(0, null);
  } catch {
    return undefined;
  }
}

function readStore({ userPoolId, clientId }: AuthOptions, store: StorageAdapter) {
  const read = (name: string) => store.getItem(`lifeguard.${clientId}.${name}`);
  return then(read("session"), (text) => {
    if (!text) return null;
    return then(read("epoch"), (epoch): Look => {
      try {
        const record = JSON.parse(text) as StoredRecord;
        const counts =
          record.v === 1 && record.pool === userPoolId && (epoch ?? record.epoch) === record.epoch;
        return counts ? { ...record, text } : undefined;
      } catch {
        return undefined;
      }
    });
  });
}

/** Whether its tokens can be handed out as they are: `Session::is_fresh`. */
export function isFresh({ receivedAt, freshUntil }: Found): boolean {
  const now = Date.now();
  return (
    receivedAt <= now + 5_000 && now + Math.min(30_000, (freshUntil - receivedAt) / 10) < freshUntil
  );
}

/** Milliseconds until it should be refreshed ahead of time: `Session::due_in_ms`. */
export function dueInMs({ receivedAt, freshUntil }: Found): number {
  const half = Math.min((freshUntil - receivedAt) / 6, 300_000) / 2;
  return freshUntil - Date.now() - half * (1 + Math.random());
}

/** A record of the core, which counts. */
export function readRecord(text: string): Found {
  return { ...(JSON.parse(text) as StoredRecord), text };
}

/** The session of a record. */
export function toSession(record: Found): Session {
  const { accessToken, idToken, username, sub, expiresAt } = record;
  const claims = readClaims(idToken ?? accessToken);
  const session = {
    accessToken,
    expiresAt: Math.floor(expiresAt / 1000),
    user: { username, sub, groups: claims["cognito:groups"] ?? [], claims },
  };
  return idToken ? { ...session, idToken } : session;
}

/** Claims of a token, as they are. */
export function readClaims(token: string): Claims {
  const part = token.split(".")[1] ?? "";
  const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(
    new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))),
  );
}

/** Goes on with a value, at once where it is there already. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  const isThere = typeof (value as Promise<T> | undefined)?.then !== "function";
  return isThere ? next(value as T) : (value as Promise<T>).then(next);
}

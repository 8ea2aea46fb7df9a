/**
 * The stored session, read without the core: `src/protocol/record.rs` and `session.rs` are the
 * other side. Whatever is not plainly fresh is the core's to judge.
 */
import type { Host } from "../effects/host.js";
import {
  CLOCK_STEP_MS,
  EPOCH_KEY,
  KEY_PREFIX,
  LEGACY_PREFIX,
  MARGIN_MS,
  MARGIN_PART,
  RECORD_VERSION,
  SESSION_KEY,
} from "../generated/constants.js";
import type { AuthOptions, Claims, Session, StorageAdapter } from "../types/index.js";

/** What is stored, as `record.rs` writes it. */
export interface StoredRecord {
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

/** The times that say what its tokens are good for. */
export type Times = Pick<StoredRecord, "receivedAt" | "freshUntil">;

/** What the stores hold: `null` for nothing at all, `undefined` for what only the core can judge. */
export type Look = Found | null | undefined;

type Stores = Pick<Host, "memory" | "tab" | "lasting" | "local">;

/** The record of this page's stores; a promise only where a store answers with one. */
export function findRecord(options: AuthOptions, host: Stores): Look | Promise<Look> {
  const stores = () => [host.memory, host.tab, host.lasting];
  const ours = () => firstOf(stores(), (store) => readStore(options, store));
  try {
    return then(ours(), (found) => {
      if (found !== null) return found;
      // Another tab stores what it adopts before it removes it there: in this order nothing is missed.
      return then(hasLegacy(options.clientId, host), (isThere) => (isThere ? undefined : ours()));
    });
  } catch {
    // A server has no stores, and nobody is signed in there.
    return globalThis.location ? undefined : null;
  }
}

/** The first record; `undefined` where there is none and a store holds something else. */
function firstOf<T>(all: T[], read: (one: T) => Look | Promise<Look>): Look | Promise<Look> {
  function from(index: number, before: Look): Look | Promise<Look> {
    const one = all[index];
    if (!one) return before;
    return then(
      read(one),
      (found) => found || from(index + 1, found === null ? before : undefined),
    );
  }
  return from(0, null);
}

/** Whether another library may have left a session that the core adopts. */
function hasLegacy(clientId: string, host: Stores): boolean | Promise<boolean> {
  const key = `${LEGACY_PREFIX}${clientId}.LastAuthUser`;
  if (globalThis.document?.cookie.includes(key)) return true;
  const read = (store: StorageAdapter | undefined) => store?.getItem(key);
  return then(read(host.tab) || read(host.local()) || read(host.lasting), Boolean);
}

function readStore({ userPoolId, clientId }: AuthOptions, store: StorageAdapter) {
  const read = (end: string) => store.getItem(KEY_PREFIX + clientId + end);
  return then(read(SESSION_KEY), (text) => {
    if (!text) return null;
    return then(read(EPOCH_KEY), (epoch) => parseRecord(text, epoch, userPoolId));
  });
}

/** A stored record that counts with this epoch beside it: `Record::read` and `is_valid`. */
export function parseRecord(
  text: string,
  epoch: string | null | undefined,
  userPoolId: string,
): Found | undefined {
  try {
    const record = JSON.parse(text) as StoredRecord;
    const counts =
      record.v === RECORD_VERSION &&
      record.pool === userPoolId &&
      (epoch ?? record.epoch) === record.epoch &&
      [record.accessToken, record.username, record.sub, record.epoch].every(
        (part) => typeof part === "string",
      ) &&
      record.accessToken !== "" &&
      [record.receivedAt, record.expiresAt, record.freshUntil].every(
        (time) => typeof time === "number",
      );
    return counts ? { ...record, text } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether its tokens can be handed out as they are: `Session::is_fresh`. */
export function isFresh({ receivedAt, freshUntil }: Times, now = Date.now()): boolean {
  const margin = Math.min(MARGIN_MS, (freshUntil - receivedAt) / MARGIN_PART);
  return receivedAt <= now + CLOCK_STEP_MS && now + margin < freshUntil;
}

/** The session of a record. */
export function toSession(record: StoredRecord): Session {
  const { accessToken, idToken, username, sub, expiresAt } = record;
  const claims = readClaims(idToken || accessToken);
  const session = {
    accessToken,
    expiresAt: Math.floor(expiresAt / 1000),
    user: { username, sub, groups: claims["cognito:groups"] ?? [], claims },
  };
  return idToken ? { ...session, idToken } : session;
}

/** A stored record's text, as the core hands it out. */
export function readRecord(text: string): Found {
  return { ...(JSON.parse(text) as StoredRecord), text };
}

/** The session of a stored record's text. */
export const readSession = (text: string): Session => toSession(readRecord(text));

/** Claims of a token, as they are; none where it cannot be read. */
export function readClaims(token: string): Claims {
  try {
    const part = token.split(".")[1] ?? "";
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/** Goes on with a value, at once where it is there already. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  const isThere = typeof (value as Promise<T> | undefined)?.then !== "function";
  return isThere ? next(value as T) : (value as Promise<T>).then(next);
}

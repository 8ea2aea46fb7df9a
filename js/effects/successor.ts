/**
 * What a duplicated tab needs. A browser that duplicates a tab copies its `sessionStorage`: both tabs hold one
 * refresh token, and where the pool rotates tokens, the first refresh would end the other's session. So who refreshes
 * a tab's session leaves the new one in `localStorage`, for whoever has the old refresh token.
 *
 * SECURITY: name and key of what is left are derived from that token (HKDF, RFC 5869), so that nobody else can tell
 * whose it is or read it.
 */
import type { StoredRecord } from "../session/stored-session.js";

/** More refreshes than a tab in the background sleeps through, and few enough for any store. */
const MOST = 8;
const IV_BYTES = 12;
/** Bytes of a name, and of a key behind it. */
const [NAME_BYTES, KEY_BYTES] = [16, 32];

const prefixOf = (key: string) => `${key}.next.`;

/** Leaves the session that took the place of another one in a tab's store under `key`. */
export async function leave(local: Storage, key: string, before: string, after: string) {
  const [old, next] = [parse(before), parse(after)];
  if (
    !old?.refreshToken ||
    !next ||
    old.epoch !== next.epoch ||
    old.refreshToken === next.refreshToken
  )
    return;
  const { name, cipherKey } = await derive(old.refreshToken);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const clear = new TextEncoder().encode(after);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipherKey, clear);
  dropOldest(local, key);
  local.setItem(prefixOf(key) + name, `${Date.now()}.${base64([...iv, ...new Uint8Array(data)])}`);
}

/** The last session that took the place of this one, as a record's text. */
export async function follow(local: Storage, key: string, text: string): Promise<string> {
  let last = text;
  for (let step = 0; step < MOST; step += 1) {
    const token = parse(last)?.refreshToken;
    if (!token) break;
    const { name, cipherKey } = await derive(token);
    const left = local.getItem(prefixOf(key) + name)?.split(".")[1];
    if (!left) break;
    const bytes = Uint8Array.from(atob(left), (char) => char.charCodeAt(0));
    const [iv, data] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES)];
    const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, cipherKey, data);
    last = new TextDecoder().decode(clear);
  }
  return last;
}

function allLeft(local: Storage, key: string): string[] {
  return Object.keys(local).filter((name) => name.startsWith(prefixOf(key)));
}

/** Makes room for one more. */
function dropOldest(local: Storage, key: string): void {
  const leftAt = (name: string) => Number.parseInt(local.getItem(name) ?? "", 10) || 0;
  const all = allLeft(local, key).sort((a, b) => leftAt(b) - leftAt(a));
  for (const name of all.slice(MOST - 1)) local.removeItem(name);
}

async function derive(token: string) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const base = await crypto.subtle.importKey("raw", bytes(token), "HKDF", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes("lifeguard successor") },
    base,
    (NAME_BYTES + KEY_BYTES) * 8,
  );
  const key = derived.slice(NAME_BYTES);
  return {
    name: base64([...new Uint8Array(derived, 0, NAME_BYTES)]),
    cipherKey: await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]),
  };
}

function parse(text: string): Partial<StoredRecord> | null {
  try {
    return JSON.parse(text) as Partial<StoredRecord> | null;
  } catch {
    return null;
  }
}

const base64 = (bytes: number[]) => btoa(String.fromCharCode(...bytes));

/**
 * What a duplicated tab needs. A browser that duplicates a tab copies its `sessionStorage`: both tabs hold one
 * refresh token, and where the pool rotates tokens, the first refresh would end the other's session. So who refreshes
 * a tab's session leaves the new one in `localStorage`, for whoever has the old refresh token.
 *
 * SECURITY: name and key of what is left are derived from that token (HKDF, RFC 5869), so that nobody else can tell
 * whose it is or read it.
 */
import type { StoredRecord } from "../session/stored-session.js";
import { base64, open, seal } from "../storage/sealing.js";

/** More refreshes than a tab in the background sleeps through, and few enough for any store. */
const MOST = 8;
/** Bytes of a name, and of a key behind it. */
const [NAME_BYTES, KEY_BYTES] = [16, 32];

/** Leaves the session that took the place of another one in a tab's store. `prefix`: of the names of what is left. */
export async function leave(local: Storage, prefix: string, before: string, after: string) {
  const [old, next] = [parse(before), parse(after)];
  if (
    !old?.refreshToken ||
    !next ||
    old.epoch !== next.epoch ||
    old.refreshToken === next.refreshToken
  )
    return;
  const { name, key } = await derive(prefix, old.refreshToken);
  const sealed = await seal(key, name, after);
  dropOldest(local, prefix);
  local.setItem(name, `${Date.now()}.${sealed}`);
}

/** The last session that took the place of this one, as a record's text. */
export async function follow(local: Storage, prefix: string, text: string): Promise<string> {
  let last = text;
  for (let step = 0; step < MOST; step += 1) {
    const token = parse(last)?.refreshToken;
    if (!token) break;
    const { name, key } = await derive(prefix, token);
    const left = local.getItem(name)?.split(".")[1];
    if (!left) break;
    last = await open(key, name, left);
  }
  return last;
}

/** Makes room for one more. */
function dropOldest(local: Storage, prefix: string): void {
  const leftAt = (name: string) => Number.parseInt(local.getItem(name) ?? "", 10) || 0;
  const all = Object.keys(local).filter((name) => name.startsWith(prefix));
  all.sort((a, b) => leftAt(b) - leftAt(a));
  for (const name of all.slice(MOST - 1)) local.removeItem(name);
}

/** Where the successor of a session with this refresh token is left, and the key to it. */
async function derive(prefix: string, token: string) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const base = await crypto.subtle.importKey("raw", bytes(token), "HKDF", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes("lifeguard successor") },
    base,
    (NAME_BYTES + KEY_BYTES) * 8,
  );
  const raw = derived.slice(NAME_BYTES);
  return {
    name: prefix + base64([...new Uint8Array(derived, 0, NAME_BYTES)]),
    key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]),
  };
}

function parse(text: string): Partial<StoredRecord> | null {
  try {
    return JSON.parse(text) as Partial<StoredRecord> | null;
  } catch {
    return null;
  }
}

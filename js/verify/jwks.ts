/**
 * A pool's signing keys: fetched once, shared by all who wait, and not asked for again and again when
 * tokens name a key that is not there.
 */
import { JwtError } from "./jwt-error.js";

/** Keys of one address. */
interface KeySet {
  keys: Map<string, CryptoKey>;
  /** The fetch under way. */
  loading: Promise<void> | undefined;
  /** Until when a missing key is believed to be missing, in milliseconds. */
  coolUntil: number;
}

const sets = new Map<string, KeySet>();

/** How long an unknown key id keeps the address from being asked again, in milliseconds. */
const COOL_DOWN_MS = 10_000;
const TIMEOUT_MS = 5_000;

/** The key of an id, from `{issuer}/.well-known/jwks.json`. */
export async function keyFor(
  address: string,
  kid: string,
  fetcher: typeof fetch,
): Promise<CryptoKey> {
  const set: KeySet = sets.get(address) ?? { keys: new Map(), loading: undefined, coolUntil: 0 };
  sets.set(address, set);
  const held = set.keys.get(kid);
  if (held) return held;

  if (!set.loading) {
    if (Date.now() < set.coolUntil) throw new JwtError("key");
    set.loading = load(set, address, fetcher).finally(() => {
      set.loading = undefined;
    });
  }
  await set.loading;
  const key = set.keys.get(kid);
  if (key) return key;
  set.coolUntil = Date.now() + COOL_DOWN_MS;
  throw new JwtError("key");
}

async function load(set: KeySet, address: string, fetcher: typeof fetch): Promise<void> {
  const document = await fetchKeys(address, fetcher).catch((cause: unknown) => {
    throw new JwtError("keysUnavailable", { cause });
  });
  const keys = new Map<string, CryptoKey>();
  for (const jwk of document) {
    // SECURITY: only keys that say they are for RS256 signatures (RFC 7517, sections 4.2 and 4.4).
    const fits =
      jwk.kty === "RSA" && (jwk.use ?? "sig") === "sig" && (jwk.alg ?? "RS256") === "RS256";
    if (!fits || !jwk.kid) continue;
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const { kty, n, e } = jwk as { kty: string; n?: string; e?: string };
    if (!n || !e) continue;
    const key = await crypto.subtle
      .importKey("jwk", { kty, n, e }, algorithm, false, ["verify"])
      .catch(() => undefined);
    if (key) keys.set(jwk.kid, key);
  }
  set.keys = keys;
}

async function fetchKeys(
  address: string,
  fetcher: typeof fetch,
): Promise<(JsonWebKey & { kid?: string })[]> {
  const reply = await fetcher(address, {
    credentials: "omit",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const { keys } = (await reply.json()) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error("no keys in the key set");
  return keys;
}

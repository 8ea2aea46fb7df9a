/**
 * A token's signature, by one of the pool's keys: the one place where it is checked, for
 * `lifeguard-cognito/verify` and for the core.
 */
import { keyFor } from "./jwks.js";
import { JwtError } from "./jwt-error.js";

/** A token that was read and not yet believed. */
export interface Jws {
  readonly claims: Record<string, unknown>;
  /** Checks the signature by the key of this token's id, out of the set at an address. */
  check(address: string, fetcher: typeof fetch): Promise<void>;
}

/** @throws {JwtError} `form`, `algorithm` or `key`. */
export function readJws(token: string): Jws {
  const parts = token.split(".");
  const [head, body, tail] = parts;
  if (parts.length !== 3 || !head || !body || !tail) throw new JwtError("form");
  const header = readObject(head);
  const claims = readObject(body);

  // SECURITY: the one algorithm user pools sign with; never what the token suggests (RFC 8725, 3.1).
  if (header["alg"] !== "RS256") throw new JwtError("algorithm");
  const kid = header["kid"];
  if (typeof kid !== "string" || kid === "") throw new JwtError("key");

  return {
    claims,
    async check(address, fetcher) {
      const key = await keyFor(address, kid, fetcher);
      const signed = new TextEncoder().encode(`${head}.${body}`);
      const good = await crypto.subtle.verify(
        "RSASSA-PKCS1-v1_5",
        key,
        readBase64url(tail),
        signed,
      );
      if (!good) throw new JwtError("signature");
    },
  };
}

/** Whether a key at an address signed a token; rejects where the keys cannot be had. */
export async function isSigned(token: string, address: string): Promise<boolean> {
  try {
    await readJws(token).check(address, fetch);
    return true;
  } catch (error) {
    if ((error as JwtError).code === "keysUnavailable") throw error;
    return false;
  }
}

function readObject(part: string): Record<string, unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readBase64url(part));
    // SECURITY: a claim of this name must not become a prototype when somebody copies the claims.
    const value: unknown = JSON.parse(text, (name, member) =>
      name === "__proto__" ? undefined : member,
    );
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // What cannot be read is of the wrong form.
  }
  throw new JwtError("form");
}

function readBase64url(part: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) throw new JwtError("form");
  const binary = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/**
 * Verifies tokens of a user pool, in a browser or in a backend (Node, Deno, Bun, workers): nothing but
 * `fetch` and WebCrypto, no WebAssembly. Import it as `lifeguard-cognito/verify`.
 *
 * The checks are those of RFC 7519, section 7.2, OpenID Connect Core, section 3.1.3.7, and the user
 * pool's own claims. They see no revocation: a revoked token verifies until it ends.
 *
 * @packageDocumentation
 */
import { JwtError } from "./jwt-error.js";
import { readJws } from "./jws.js";

export { JwtError, type JwtErrorCode } from "./jwt-error.js";

/** What a token must be. */
export interface VerifyOptions {
  /** The pool that must have issued it. */
  userPoolId: string;
  /** App client it must be for, or several: `aud` of an ID token, `client_id` of an access token. */
  clientId: string | readonly string[];
  /** Which of the two tokens is expected. */
  tokenUse: "id" | "access";
  /** Base URL of a local pool or proxy, whose own issuer is then accepted too; on this machine, by whichever of its names and ports. */
  endpoint?: string | URL;
  /** How far the clocks may differ, in seconds. Default 5. */
  leewaySeconds?: number;
  /** ID token only: the nonce that was sent. Must then be there and equal. */
  nonce?: string;
  /** ID token only: the access token that came with it; compared where the ID token has `at_hash`. */
  accessToken?: string;
  /** At least one of these groups must be in `cognito:groups`. */
  groups?: readonly string[];
  /** At least one of these scopes must be in `scope` (access token). */
  scopes?: readonly string[];
  /** Seconds since the epoch. Default: this machine's clock. */
  now?: () => number;
  /** Fetches the pool's keys. Default: the global `fetch`. */
  fetch?: typeof fetch;
}

/** Claims of a verified token. */
export interface VerifiedClaims {
  readonly iss: string;
  readonly sub: string;
  readonly exp: number;
  readonly iat: number;
  readonly token_use: "id" | "access";
  readonly [claim: string]: unknown;
}

/**
 * Verifies a token and returns its claims.
 *
 * @throws {JwtError} with the first rule that is broken.
 */
export async function verifyJwt(token: string, options: VerifyOptions): Promise<VerifiedClaims> {
  const jws = readJws(token);
  const { claims } = jws;
  const known = issuers(options);
  const [, , own] = known;
  const issuer =
    known.find((issuer) => issuer === claims["iss"]) ??
    (own && LOCAL_POOL.test(own) && isSamePool(own, String(claims["iss"])) ? own : undefined);
  if (issuer === undefined) throw new JwtError("issuer");
  // SECURITY: the address of the keys comes from the configuration, never from the token.
  await jws.check(`${issuer}/.well-known/jwks.json`, options.fetch ?? fetch);

  checkTimes(claims, options);
  checkAudience(claims, options);
  await checkIdToken(claims, options);
  if (options.groups && !overlaps(options.groups, claims["cognito:groups"]))
    throw new JwtError("group");
  if (options.scopes && !overlaps(options.scopes, String(claims["scope"] ?? "").split(" ")))
    throw new JwtError("scope");
  return claims as unknown as VerifiedClaims;
}

/** A pool of this machine: as `Pool::is_issuer`. */
const LOCAL_POOL =
  /^http:\/\/(?:localhost|[^/:?#@]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?\/([\w-]+)$/i;

function isSamePool(own: string, issuer: string): boolean {
  return LOCAL_POOL.exec(issuer)?.[1] === LOCAL_POOL.exec(own)?.[1];
}

/** Both forms of the service's issuer, and a custom endpoint's own. */
function issuers({ userPoolId, endpoint }: VerifyOptions): string[] {
  const region = /^([a-z0-9-]+)_[0-9A-Za-z]+$/.exec(userPoolId)?.[1];
  if (!region) throw new JwtError("issuer");
  const suffix = region.startsWith("cn-")
    ? "amazonaws.com.cn"
    : region.startsWith("eusc-")
      ? "amazonaws.eu"
      : "amazonaws.com";
  const hosts = [
    `https://cognito-idp.${region}.${suffix}`,
    `https://issuer-cognito-idp.${region}.${suffix}`,
  ];
  if (endpoint !== undefined) hosts.push(String(endpoint).replace(/\/+$/, ""));
  return hosts.map((host) => `${host}/${userPoolId}`);
}

function checkTimes(
  claims: Record<string, unknown>,
  { leewaySeconds = 5, now }: VerifyOptions,
): void {
  const time = now?.() ?? Date.now() / 1000;
  const { exp, nbf, iat } = claims as { exp: unknown; nbf: unknown; iat: unknown };
  if (typeof exp !== "number" || exp + leewaySeconds <= time) throw new JwtError("expired");
  for (const begin of [nbf ?? 0, iat]) {
    if (typeof begin !== "number" || begin - leewaySeconds > time)
      throw new JwtError("notYetValid");
  }
}

function checkAudience(
  claims: Record<string, unknown>,
  { clientId, tokenUse }: VerifyOptions,
): void {
  if (claims["token_use"] !== tokenUse) throw new JwtError("tokenUse");
  const client = claims[tokenUse === "id" ? "aud" : "client_id"];
  const allowed: readonly unknown[] = typeof clientId === "string" ? [clientId] : clientId;
  if (!allowed.includes(client) || typeof claims["sub"] !== "string") throw new JwtError("client");
}

async function checkIdToken(
  claims: Record<string, unknown>,
  options: VerifyOptions,
): Promise<void> {
  const { nonce, accessToken, tokenUse } = options;
  if (tokenUse !== "id") return;
  if (nonce !== undefined && claims["nonce"] !== nonce) throw new JwtError("nonce");
  if (accessToken === undefined || claims["at_hash"] === undefined) return;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(accessToken));
  const half = btoa(String.fromCharCode(...new Uint8Array(digest).subarray(0, 16)));
  const expected = half.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  if (claims["at_hash"] !== expected) throw new JwtError("accessTokenHash");
}

function overlaps(wanted: readonly string[], held: unknown): boolean {
  return Array.isArray(held) && wanted.some((one) => held.includes(one));
}

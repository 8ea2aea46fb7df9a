/**
 * Why a token must not be accepted.
 */

/** The rule that a token broke. */
export type JwtErrorCode =
  | "form"
  | "algorithm"
  | "key"
  | "keysUnavailable"
  | "signature"
  | "issuer"
  | "client"
  | "tokenUse"
  | "expired"
  | "notYetValid"
  | "nonce"
  | "accessTokenHash"
  | "group"
  | "scope";

/** A token that must not be accepted; `keysUnavailable` alone says nothing about the token. */
export class JwtError extends Error {
  override readonly name = "JwtError";
  /** The rule. No part of the token is in this error. */
  readonly code: JwtErrorCode;

  constructor(code: JwtErrorCode, options?: { cause?: unknown }) {
    super(`token refused: ${code}`, options);
    this.code = code;
  }
}

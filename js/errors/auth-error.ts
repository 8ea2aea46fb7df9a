/**
 * The one error class. Its messages are loaded with the core, but for those of the wrapper itself: a
 * page that shows a live session has no use for the others.
 */
import type { AuthErrorCode } from "./codes.js";
import type { Challenge, RedirectState } from "../types/index.js";

/** As in `errors.ts`: codes are API. */
export const OWN_MESSAGES = {
  /** The application ended the call. */
  aborted: "the call was aborted",
  /** Fix the call: `detail` says how. */
  misuse: "the call is not right",
  /** The WebAssembly did not load: see docs/bundlers.md. */
  wasmUnavailable: "the WebAssembly could not be loaded",
  /** A defect of this library: please report it. */
  internal: "internal error",
} as const;

/** Codes that need no core. */
export type WrapperErrorCode = keyof typeof OWN_MESSAGES;

/** Every method of `Auth` rejects with this and nothing else. */
export class AuthError extends Error {
  override readonly name = "AuthError";
  // The constructor gives all that follow their values at once: here they are types alone.
  /** What went wrong. */
  declare readonly code: AuthErrorCode;
  /** Whether the same call may succeed later without a change. */
  declare readonly retryable: boolean;
  /** How long the service wants to be left alone, in milliseconds. */
  declare readonly retryAfterMs?: number;
  /** For developers: the fix of a misuse, or the rule that was broken. */
  declare readonly detail?: string;
  /** The service's own name and words. Words of triggers included: show them only if you trust them. */
  declare readonly service?: { readonly name: string; readonly message: string };
  /** The question from which the sign-in goes on: always with `sessionExpired`, else where it changed. */
  declare readonly challenge?: Challenge;
  /** What the application gave a sign-in by redirect that failed: its `returnTo` and `appState`. */
  declare readonly redirect?: RedirectState;

  constructor(
    code: AuthErrorCode,
    more: Partial<
      Pick<
        AuthError,
        "message" | "retryable" | "retryAfterMs" | "detail" | "service" | "challenge" | "redirect"
      >
    > & {
      cause?: unknown;
    } = {},
  ) {
    const { detail, cause, message = OWN_MESSAGES[code as WrapperErrorCode] ?? code } = more;
    const { retryable = false, retryAfterMs, service, challenge, redirect } = more;
    super(detail ? `${message}: ${detail}` : message, cause === undefined ? undefined : { cause });
    Object.assign(this, { code, retryable, retryAfterMs, detail, service, challenge, redirect });
  }
}

/** Where the wrapper finds what belongs to an error's `challenge`; not part of the public page. */
export const QUESTION = Symbol("question");

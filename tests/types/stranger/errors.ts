// Compiled, never run: the one error class and its literal codes.
import { AuthError, type AuthErrorCode } from "lifeguard-cognito";
import { expectType } from "./expect.js";

export function advise(error: unknown): string {
  if (!(error instanceof AuthError)) throw error;
  expectType<AuthErrorCode>(error.code);
  expectType<boolean>(error.retryable);
  expectType<number | undefined>(error.retryAfterMs);
  switch (error.code) {
    case "incorrectCredentials":
      return "wrong user name or password";
    case "codeMismatch":
      return "wrong code";
    // @ts-expect-error codes are a closed union of literals, so a typing mistake is found
    case "incorectCredentials":
      return "never";
    default:
      return error.message;
  }
}

// @ts-expect-error a code is not just any string
export const wrong: AuthErrorCode = "somethingElse";

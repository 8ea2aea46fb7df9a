/**
 * Sign-in for browser apps on Amazon Cognito user pools. Importing this module does nothing: the
 * WebAssembly is loaded by the first call.
 *
 * @packageDocumentation
 */
export { createAuth } from "./client.js";
export { cookieStorage } from "./cookies.js";
export { encryptedStorage } from "./encrypted.js";
export { AuthError } from "./auth-error.js";
export type { AuthErrorCode } from "./errors.js";
export { type OtpauthInput, otpauthUri } from "./otpauth.js";
export {
  type KnownRules,
  type PasswordPolicy,
  type PasswordRule,
  type PasswordRuleName,
  passwordRules,
} from "./password.js";
export type * from "./types.js";

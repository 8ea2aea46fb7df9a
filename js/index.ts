/**
 * Sign-in for browser apps on Amazon Cognito user pools. Importing this module does nothing: the
 * WebAssembly is loaded by the first call.
 *
 * @packageDocumentation
 */
export { createAuth } from "./client.js";
export { cookieStorage } from "./storage/cookies.js";
export { encryptedStorage } from "./storage/encrypted.js";
export { AuthError } from "./errors/auth-error.js";
export type { AuthErrorCode } from "./errors/codes.js";
export { type OtpauthInput, otpauthUri } from "./account/otpauth.js";
export {
  type KnownRules,
  type PasswordPolicy,
  type PasswordRule,
  type PasswordRuleName,
  passwordRules,
} from "./account/password-rules.js";
export type * from "./types/index.js";

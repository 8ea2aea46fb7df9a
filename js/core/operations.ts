/**
 * The operations of the core by name: `src/step/operations.rs` has the other side.
 */
import type { CallOptions } from "../types/index.js";

/** Names of the core's operations. */
export type Operation =
  | "prepare"
  | "signIn"
  | "answer"
  | "question"
  | "associateSoftwareToken"
  | "verifySoftwareToken"
  | "setMfaPreference"
  | "mfaPreference"
  | "authFactors"
  | "listDevices"
  | "getDevice"
  | "rememberDevice"
  | "notRememberDevice"
  | "forgetDevice"
  | "registerPasskey"
  | "listPasskeys"
  | "deletePasskey"
  | "signUp"
  | "confirmSignUp"
  | "resendConfirmationCode"
  | "forgotPassword"
  | "confirmForgotPassword"
  | "changePassword"
  | "attributes"
  | "updateAttributes"
  | "deleteAttributes"
  | "sendAttributeCode"
  | "verifyAttribute"
  | "deleteUser"
  | "credentials"
  | "adminGetUser"
  | "adminUpdateUserAttributes"
  | "listUsers"
  | "sign"
  | "beginRedirect"
  | "finishRedirect"
  | "signOutUrl"
  | "session"
  | "wake"
  | "signOut";

/** Runs an operation of the core. */
export type Call = <T>(operation: Operation, input?: object, signal?: AbortSignal) => Promise<T>;

/** Runs an operation with what the application handed over. */
export type Run = <T>(operation: Operation, input?: CallOptions) => Promise<T>;

/** Runs one that returns nothing. */
export type Act = (operation: Operation, input?: CallOptions) => Promise<void>;

export function createRun(call: Call): [Run, Act] {
  const run: Run = (operation, { signal, ...input } = {}) => call(operation, input, signal);
  const act: Act = async (operation, input) => {
    await run(operation, input);
  };
  return [run, act];
}

/**
 * The codes of errors that the core tells, and what each means for the application. Loaded with the
 * core: those of the wrapper are in `auth-error.ts`.
 */
import { AuthError, OWN_MESSAGES, QUESTION, type WrapperErrorCode } from "./auth-error.js";
import type { Challenge, RedirectState } from "../types/index.js";

/** What each code means, for the person who must act. Codes are API: added, never renamed. */
const MESSAGES = {
  /** Ask for user name and password again. */
  incorrectCredentials: "user name and password do not match",
  /** Have an administrator set the password anew: the temporary one was not used in time. */
  temporaryPasswordExpired:
    "the temporary password has expired: an administrator must set a new one",
  /** The pool does not allow this; see `service`. */
  notAuthorized: "the user pool does not allow this",
  /** Tell the person to turn to whoever runs the application. */
  userDisabled: "this account is disabled",
  /** Offer sign-up. Pools that protect user existence never send it. */
  userNotFound: "there is no such user",
  /** Go to the confirmation step: `confirmSignUp`, `resendConfirmationCode`. */
  userNotConfirmed: "this account is not confirmed yet",
  /** Go to `forgotPassword`. */
  passwordResetRequired: "the password must be reset",
  /** Wait; the wait doubles with each further try. */
  tooManyAttempts: "too many failed attempts, try again later",
  /** An hourly budget is spent: wait, do not repeat. */
  limitExceeded: "too many requests, try again later",
  /** Try again after `retryAfterMs`. */
  throttled: "the service is busy, try again",
  /** Try again. */
  serviceUnavailable: "the service is not available, try again",
  /** Ask for the code again: the challenge stays open, or `challenge` takes its place. */
  codeMismatch: "the code is wrong",
  /** Have a new code sent. */
  codeExpired: "the code has expired or was used",
  /** Try again, or another medium. */
  codeDeliveryFailed: "the code could not be sent",
  /** Ask for another user name. */
  usernameExists: "this user name is taken",
  /** The address or number belongs to another account. */
  aliasExists: "this address or number is taken",
  /** Show the policy; `service.message` says which rule. */
  invalidPassword: "the password does not follow the policy",
  /** Ask for a password that was not used before. */
  passwordUsedBefore: "the password was used before",
  /** Ask for another password: this one is known to be in others' hands. When signing in: go to `forgotPassword`. */
  compromisedPassword: "the password is known to others",
  /** Threat protection refused: offer another way to sign in, or ask the person to try from where they usually do. */
  riskBlocked: "the request was refused as too risky",
  /** See `service.message`. */
  invalidParameter: "the service does not accept a value",
  /** A device, client or pool that does not exist. */
  notFound: "what was asked for does not exist",
  /** Go on from `challenge`, when there is one; else sign in again. */
  sessionExpired: "the sign-in took too long: begin again",
  /** Nobody is signed in any more: show the sign-in page. */
  signedOut: "nobody is signed in",
  /** Request the scope `aws.cognito.signin.user.admin` at sign-in (`oauth.scopes`): account calls need it. The session stays. */
  missingScope:
    "the access token lacks the scope aws.cognito.signin.user.admin: add it to oauth.scopes",
  /** Use an app client without a secret: a browser cannot keep one. */
  clientHasSecret: "the app client has a secret: use a public client",
  /** Get other AWS credentials: these ended, or are not known; see `service.name`. */
  credentialsRefused: "the AWS credentials are not accepted",
  /** A firewall or policy in front of the service refused. */
  forbidden: "the request was refused before it reached the user pool",
  /** A trigger of the pool refused; `service.message` has its words. */
  triggerRefused: "the user pool's trigger refused this",
  /** A trigger of the pool failed. */
  triggerFailed: "the user pool's trigger failed, try again",
  /** The pool needs its administrator. */
  misconfigured: "the user pool is not set up for this",
  /** The pool, its client or its plan has this switched off. */
  notEnabled: "the user pool has this switched off",
  /** The person has not set up this factor. */
  mfaMethodNotFound: "this factor is not set up",
  /** A refusal this version does not know: see `service.name`. */
  refused: "the user pool refused",
  /** Wait for the connection; nobody was signed out. */
  offline: "this device is offline",
  /** Try again; the service may or may not have acted. */
  network: "the service could not be reached",
  /** Try again; the service may or may not have acted. */
  timeout: "the service did not answer in time",
  /** The answer was not Cognito's: a captive portal, a proxy, a wrong endpoint. */
  protocolViolation: "the answer does not follow the protocol",
  /** Offer another way to sign in. */
  passkeyNotSupported: "passkeys are not supported",
  /** The person closed the dialog or let it run out: offer it again. */
  passkeyCancelled: "the passkey dialog was cancelled or ran out of time",
  /** Tell the person that this device has a passkey already. */
  passkeyAlreadyRegistered: "this device has a passkey already",
  /** The page's origin does not belong to the pool's relying party. */
  passkeyWrongRelyingParty: "this page does not belong to the passkey's site",
  /** Offer it again. */
  passkeyTimedOut: "the passkey dialog ran out of time",
  /** Offer it again, or another way to sign in. */
  passkeyFailed: "the passkey dialog failed",
  /** The address holds no response to a sign-in of this browser: offer sign-in again. */
  redirectUnknown: "this answers no sign-in of this browser",
  /** The person took more than ten minutes: offer sign-in again. */
  redirectExpired: "the sign-in took too long: begin again",
  /** The person came back or said no, at the pool's domain or at their provider: offer sign-in again. */
  redirectCancelled: "the sign-in was cancelled",
  /** The pool's domain, or the person's provider, refused; see `service`. Offer sign-in again. */
  redirectRefused: "the sign-in was refused",
  /** Nobody is signed in at the pool's domain: show the sign-in page. */
  loginRequired: "nobody is signed in at the user pool's domain",
  /** The browser blocked the window: call from a click, or use the redirect. */
  popupBlocked: "the browser blocked the sign-in window",
  /** The person closed the window, or another one took its place: offer sign-in again. */
  popupClosed: "the sign-in window was closed",
  /** The store did not take the session: choose another, or `"memory"`. */
  storage: "the session could not be stored",
  /** The page has no `crypto`: serve it over https. */
  cryptoUnavailable: "this page has no Web Crypto",
} as const;

/** Stable name of what went wrong. Switch on it. */
export type AuthErrorCode = keyof typeof MESSAGES | WrapperErrorCode;

const ALL: Record<AuthErrorCode, string> = { ...OWN_MESSAGES, ...MESSAGES };

/** A failure as the core returns it: `src/operations/failure.rs`; codes of refusals are in `src/protocol/refusal.rs`. */
export interface CoreFailure {
  code: AuthErrorCode;
  retryable?: boolean;
  retryAfterMs?: number;
  detail?: string;
  service?: { name: string; message: string };
  challenge?: Challenge;
  redirect?: RedirectState;
  pending?: unknown;
  store?: string;
}

/** An error with its message, for parts of the wrapper that are loaded on demand. */
export function authError(
  code: AuthErrorCode,
  more: ConstructorParameters<typeof AuthError>[1] = {},
): AuthError {
  return new AuthError(code, { ...more, message: ALL[code] });
}

/** The error for a failure of the core. Keeps what belongs to the wrapper alone out of it. */
export function fromCore(failure: CoreFailure): AuthError {
  // Anything may have been thrown: `undefined` is no code either.
  if (!(failure?.code in ALL)) return new AuthError("internal", { cause: failure });
  const error = authError(failure.code, failure);
  const { challenge, pending, store } = failure;
  if (!challenge) return error;
  // Not enumerable: what is logged or serialized leaves it out.
  return Object.defineProperty(error, QUESTION, { value: { challenge, pending, store } });
}

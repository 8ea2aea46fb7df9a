/** Every error code as a sentence for a person, and what to do next. */
import { AuthError, type AuthErrorCode } from "lifeguard-cognito";

/** The form field that a person has to look at again. */
export type FieldName = "username" | "password" | "code" | "newPassword" | "email";

/** What the page says about a failure. */
export interface Advice {
  title: string;
  next: string;
  /** Field that takes the focus and is marked as wrong. */
  field?: FieldName;
  /** The pool's own words say more than ours: they take the place of `next` when there are any. */
  poolKnowsBetter?: true;
}

const ASK_OWNER = "Tell whoever looks after this page.";
const TRY_AGAIN = "Nothing is lost: try again.";

const ADVICE: Record<AuthErrorCode, Advice> = {
  incorrectCredentials: {
    title: "User name and password do not match.",
    next: "Check both, mind capital letters, and try again. Or choose a new password below.",
    field: "password",
  },
  notAuthorized: { title: "The pool does not allow this.", next: ASK_OWNER, poolKnowsBetter: true },
  userDisabled: { title: "This account is disabled.", next: "Only an administrator of the pool can open it again." },
  userNotFound: { title: "Nobody goes by that name here.", next: "Check the spelling, or create an account.", field: "username" },
  userNotConfirmed: { title: "This account is not confirmed yet.", next: "Enter the code you were sent, or ask for a new one." },
  passwordResetRequired: { title: "A new password is needed.", next: "Ask for a code with “Forgot your password?”." },
  tooManyAttempts: { title: "Too many wrong tries.", next: "Take a break. Each further try makes the wait longer." },
  limitExceeded: { title: "That was asked for too often.", next: "Wait a while, an hour at worst, then try again." },
  throttled: { title: "The pool is crowded.", next: "Wait a few seconds, then try again." },
  serviceUnavailable: { title: "The pool is not answering properly.", next: "Try again in a moment." },
  codeMismatch: { title: "That code is wrong.", next: "Check it and type it again. Only the newest code counts.", field: "code" },
  codeExpired: { title: "That code is too old, or was used already.", next: "Have a new one sent.", field: "code" },
  codeDeliveryFailed: { title: "The code could not be sent.", next: "Try again, or choose another way." },
  usernameExists: { title: "That name is taken.", next: "Choose another one, or sign in if it is yours.", field: "username" },
  aliasExists: { title: "That address belongs to another account.", next: "Sign in to that one, or use another address.", field: "email" },
  invalidPassword: {
    title: "That password is not strong enough.",
    next: "Use at least 8 characters with upper and lower case, a number and a symbol.",
    field: "newPassword",
    poolKnowsBetter: true,
  },
  passwordUsedBefore: { title: "You have used that password before.", next: "Choose one that is new.", field: "newPassword" },
  compromisedPassword: { title: "That password is known to others.", next: "Choose one that you use nowhere else.", field: "newPassword" },
  riskBlocked: { title: "The pool finds this too risky.", next: "Try from a device or place that you usually use." },
  invalidParameter: { title: "The pool does not accept what you entered.", next: "Look through the form again.", poolKnowsBetter: true },
  notFound: { title: "That is not there any more.", next: "Go back to sign-in and start again." },
  sessionExpired: { title: "That took too long.", next: "Start over, this time with the tide." },
  signedOut: { title: "You are signed out.", next: "Sign in again." },
  clientHasSecret: { title: "This page is set up wrongly.", next: `Its app client has a secret, which no browser can keep. ${ASK_OWNER}` },
  credentialsRefused: { title: "AWS does not know these credentials any more.", next: "Try again: this page gets others." },
  forbidden: { title: "The way to the pool is barred.", next: "A firewall or a policy refused the request. Try another network." },
  triggerRefused: { title: "The pool said no.", next: ASK_OWNER, poolKnowsBetter: true },
  triggerFailed: { title: "The pool had trouble of its own.", next: "Try again in a moment." },
  misconfigured: { title: "The pool is not set up for this.", next: ASK_OWNER },
  notEnabled: { title: "The pool has this switched off.", next: ASK_OWNER },
  mfaMethodNotFound: { title: "You have not set that up.", next: "Choose another way." },
  refused: { title: "The pool refused.", next: ASK_OWNER, poolKnowsBetter: true },
  temporaryPasswordExpired: { title: "That temporary password has expired.", next: ASK_OWNER },
  missingScope: { title: "This sign-in does not allow that.", next: ASK_OWNER },
  offline: { title: "You are offline.", next: "Try again once you have a connection. You stay signed in where you were." },
  network: { title: "The pool cannot be reached.", next: "Check your connection, then try again." },
  timeout: { title: "The pool took too long to answer.", next: "Check your connection, then try again." },
  aborted: { title: "Canceled.", next: TRY_AGAIN },
  protocolViolation: {
    title: "That answer did not come from the pool.",
    next: "Perhaps this network has a sign-in page of its own: open any other page first, then try again.",
  },
  misuse: { title: "This page is set up wrongly.", next: ASK_OWNER },
  storage: { title: "Your browser would not store the session.", next: "Allow this site to store data, or free some space." },
  wasmUnavailable: { title: "A part of this page did not load.", next: "Check your connection and try again. Very old browsers cannot run it." },
  cryptoUnavailable: { title: "This page is not safe here.", next: "Open it over https, in a current browser." },
  passkeyNotSupported: { title: "No passkeys here.", next: "This browser or device cannot use them. Choose another way." },
  passkeyCancelled: { title: "The passkey dialog was closed.", next: "Press the button to open it again, or choose another way." },
  passkeyAlreadyRegistered: { title: "This device has a passkey already.", next: "Use it to sign in." },
  passkeyWrongRelyingParty: { title: "That passkey belongs to another site.", next: `This page's address does not fit the pool. ${ASK_OWNER}` },
  passkeyFailed: { title: "The passkey dialog failed.", next: "Press the button to open it again, or choose another way." },
  passkeyTimedOut: { title: "The passkey dialog ran out of time.", next: TRY_AGAIN },
  redirectUnknown: { title: "This page was not waiting for that answer.", next: "Sign in again from here." },
  redirectExpired: { title: "That took too long.", next: "Sign in again; ten minutes are enough for most." },
  redirectCancelled: { title: "You turned back.", next: "Sign in again whenever you like." },
  redirectRefused: { title: "The sign-in was refused.", next: "Sign in again, or another way.", poolKnowsBetter: true },
  loginRequired: { title: "Nobody is signed in there.", next: "Sign in here." },
  popupBlocked: { title: "Your browser blocked the window.", next: "Allow windows for this page, or sign in on this page." },
  popupClosed: { title: "The window was closed.", next: "Sign in again whenever you like." },
  internal: { title: "Something broke that should not.", next: "Reload the page and try again." },
};

const FALLBACK: Advice = { title: "That did not work.", next: "Try again in a moment. If it keeps happening, tell whoever looks after this page." };

/** The code of a failure: `unexpected` for what is not an `AuthError`. */
export function codeOf(error: unknown): AuthErrorCode | "unexpected" {
  return error instanceof AuthError ? error.code : "unexpected";
}

/** What to say about a failure. */
export function adviceFor(error: unknown): Advice {
  if (!(error instanceof AuthError)) return FALLBACK;
  // A newer version of the package may know codes that this page does not.
  const advice: Advice | undefined = ADVICE[error.code];
  if (!advice) return FALLBACK;
  const words = advice.poolKnowsBetter && error.service?.message;
  return words ? { ...advice, next: words } : advice;
}

/**
 * The public page: every shape that crosses from Lifeguard to an application and back.
 * `src/step/types.rs` is its twin; `npm test -- types e2e` holds the two together.
 *
 * @packageDocumentation
 */

import type { Account } from "./account.js";
import type { Aws, IdentityPoolOptions, SignedFetchOptions } from "./aws.js";
import type { AnswerTo, Challenge } from "./challenges.js";
import type { Devices, Mfa, Passkeys } from "./factors.js";
import type { OAuthOptions, Redirects } from "./redirect.js";
import type {
  AuthEvents,
  AuthStatus,
  SessionOptions,
  SessionTimeout,
  SignOutOptions,
  SignOutResult,
} from "./session.js";

export type * from "./account.js";
export type * from "./aws.js";
export type * from "./challenges.js";
export type * from "./factors.js";
export type * from "./redirect.js";
export type * from "./session.js";

// ------------------------------------------------------------------ configuration

/** Where the WebAssembly comes from, when the bundler's own way does not suit. */
export type WasmSource =
  | string
  | URL
  | Response
  | BufferSource
  | WebAssembly.Module
  | Promise<string | URL | Response | BufferSource | WebAssembly.Module>;

/** What {@link createAuth} needs to know. */
export interface AuthOptions {
  /** The user pool, `region_name`: for instance `eu-west-1_Ab12Cd34E`. */
  userPoolId: string;
  /** The app client, which must have no secret: a browser cannot keep one. */
  clientId: string;
  /**
   * Base URL for every user-pool operation, for a proxy or a local pool. `https`, or `http` on
   * localhost. Default: the host of the pool's region and partition.
   */
  endpoint?: string | URL;
  /** Where the session is kept. Default `"local"`. */
  storage?: StorageOption;
  /**
   * Sessions that amazon-cognito-identity-js, Amplify or amazon-cognito-passwordless-auth left are
   * taken over. `"keep"` also keeps what they read in step, for pages that still use them.
   * Default `"remove"`.
   */
  legacyKeys?: "remove" | "keep";
  /** Overrides how the WebAssembly is found. Default: beside the package's own modules. */
  wasm?: WasmSource;
  /**
   * Ends sessions that nobody uses, or that are old. A page that is closed ends nothing: the next
   * one does, before it hands out a token. Times are this device's. Default: none, since the
   * service limits sessions by its refresh tokens.
   */
  sessionTimeout?: SessionTimeout;
  /** How long one attempt of a request may take, in milliseconds. Default 15 000. */
  timeoutMs?: number;
  /** The pool's domain, for sign-in by redirect, in a popup, or through other providers. Default: none. */
  oauth?: OAuthOptions;
  /** Which addresses {@link Auth.fetch} sends the token to. Default: none. */
  fetch?: AuthFetchOptions;
  /** The identity pool that {@link Auth.credentials} come from. Default: none. */
  identityPool?: IdentityPoolOptions;
  /** Which addresses {@link Auth.signedFetch} signs requests to. Default: none. */
  signedFetch?: SignedFetchOptions | readonly SignedFetchOptions[];
  /**
   * Lets a half-finished sign-in go on after a reload of the same tab: see {@link Auth.pendingSignIns}.
   * Questions are kept in `sessionStorage` with the service's session, the user name and, for a new
   * password, the attributes the pool showed; never a password, a code or an authenticator's secret.
   * They are dropped when the service's session has expired, which is after `validSeconds` from the
   * last answer: the app client's "authentication flow session duration". `true`: 180, the service's
   * default. Default `false`.
   *
   * `everyTab`: they are kept in `localStorage` instead, so that a link in a mail, which opens another tab,
   * can finish what this one began. Default `false`.
   */
  resumeSignIn?: boolean | { validSeconds?: number; everyTab?: boolean };
}

/** Which addresses {@link Auth.fetch} sends a token to, and which token. */
export interface AuthFetchOptions {
  /**
   * Origins, or origins with a path, that may see the token: `https://api.example.com`,
   * `https://api.example.com/v1`. A path covers itself and what is below it. `https` only, but for localhost.
   */
  allow: readonly string[];
  /** Which token. Default `"access"`. */
  token?: "access" | "id";
}

/**
 * `"local"` survives closing the browser, `"session"` closing the tab does not, `"memory"` nothing.
 * `cookieStorage()` makes a store in cookies.
 */
export type StorageOption = "local" | "session" | "memory" | StorageAdapter;

/** A store of one's own. Each method may answer at once or with a promise. */
export interface StorageAdapter {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
  /**
   * Whether pages of other origins use the same values, as with cookies: browsers' locks do not reach them, so that
   * tabs take turns by a lease in the store. Default: `false`.
   */
  readonly shared?: boolean;
}

/** What every call accepts. */
export interface CallOptions {
  /** Ends the call with `AuthError` code `aborted`. */
  signal?: AbortSignal;
  /** Overrides {@link AuthOptions.timeoutMs} for this call. */
  timeoutMs?: number;
  /** Passed to the pool's triggers, never stored by the service. */
  clientMetadata?: Record<string, string>;
}

// ------------------------------------------------------------------ sign-in

/** A first factor of choice-based sign-in (`USER_AUTH`). */
export type FirstFactor = "PASSWORD" | "PASSWORD_SRP" | "WEB_AUTHN" | "EMAIL_OTP" | "SMS_OTP";

/** A second factor. */
export type MfaType = "SMS_MFA" | "SOFTWARE_TOKEN_MFA" | "EMAIL_OTP";

/** How a sign-in begins. */
export type AuthFlow = "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "USER_AUTH" | "CUSTOM_AUTH";

/** Input of {@link Auth.signIn}. */
export interface SignInInput extends CallOptions {
  /** User name, or an alias the pool accepts (e-mail address, phone number). */
  username: string;
  /** With the default flow it never leaves the page: only a proof of it does. */
  password?: string;
  /** Default: `USER_SRP_AUTH` when there is a password, else `USER_AUTH`. */
  authFlow?: AuthFlow;
  /** `USER_AUTH` only: which first factor to try before asking the person. */
  preferredChallenge?: FirstFactor;
  /** The `session` that {@link Auth.confirmSignUp} returned: signs in without asking again. */
  session?: string;
  /** Where this sign-in is kept. Default: the `storage` of {@link AuthOptions}. */
  persistence?: "local" | "session" | "memory";
  /** Data of the service's threat-protection script. Default: asked of that script when it is on the page. */
  userContextData?: string;
}

/** What a sign-in, or an answer to a challenge, leads to. */
export type SignInResult =
  | {
      status: "signedIn";
      user: User;
      /**
       * The pool leaves it to the person whether this browser is remembered: ask, and on "yes" call
       * `auth.devices.remember()`.
       */
      deviceConfirmation?: { deviceKey: string };
    }
  | { status: "challenge"; challenge: Challenge };

// ------------------------------------------------------------------ people, sessions

/** The person signed in. */
export interface User {
  /** User name in the pool. */
  username: string;
  /** The pool's own identifier of the person: stable, never reused. Key your records by it. */
  sub: string;
  /** Groups the person belongs to; empty when none. */
  groups: string[];
  /** Claims of the ID token; of the access token when the client issues no ID token. */
  claims: Claims;
}

/** Claims as the token has them; those the service always sets are typed. */
export interface Claims {
  sub?: string;
  iss?: string;
  exp?: number;
  iat?: number;
  auth_time?: number;
  token_use?: "id" | "access";
  email?: string;
  email_verified?: boolean;
  phone_number?: string;
  phone_number_verified?: boolean;
  "cognito:username"?: string;
  "cognito:groups"?: string[];
  [claim: string]: unknown;
}

/** A live session. Times are Unix seconds on this device's clock. */
export interface Session {
  accessToken: string;
  /** Absent when the sign-in asked for no `openid` scope. */
  idToken?: string;
  /** When the access token ends. */
  expiresAt: number;
  user: User;
}

// ------------------------------------------------------------------ sign-up and recovery

/** Where a code went. */
export interface CodeDelivery {
  /** Masked address or number. */
  destination?: string;
  medium?: "SMS" | "EMAIL";
  /** Attribute the code is for: `email`, `phone_number`. */
  attributeName?: string;
}

/** Input of {@link Auth.signUp}. */
export interface SignUpInput extends CallOptions {
  username: string;
  /** Absent in pools that let people in without one. */
  password?: string;
  /** For instance `{ email: "…", "custom:role": "…" }`. */
  attributes?: Record<string, string>;
  /** For the pre sign-up trigger only. */
  validationData?: Record<string, string>;
  userContextData?: string;
}

/** What {@link Auth.signUp} led to. */
export interface SignUpResult {
  /** `"confirmed"`: may sign in. `"confirmationRequired"`: a code was sent, see `codeDelivery`. */
  status: "confirmed" | "confirmationRequired";
  userSub: string;
  codeDelivery?: CodeDelivery;
  /** Hand it to {@link Auth.confirmSignUp}. */
  session?: string;
}

/** Input of {@link Auth.confirmSignUp}. */
export interface ConfirmSignUpInput extends CallOptions {
  username: string;
  code: string;
  /** Takes a verified address over from another account. Default `false`. */
  forceAliasCreation?: boolean;
  /** The `session` of {@link SignUpResult}. */
  session?: string;
  userContextData?: string;
}

/** What {@link Auth.confirmSignUp} led to. */
export interface ConfirmSignUpResult {
  /** Hand it to {@link Auth.signIn} to sign in without typing anything again. */
  session?: string;
}

/** Input of {@link Auth.resendConfirmationCode} and {@link Auth.forgotPassword}. */
export interface UsernameInput extends CallOptions {
  username: string;
  userContextData?: string;
}

/** Answer of the calls that send a code. */
export interface CodeSentResult {
  codeDelivery?: CodeDelivery;
}

/** Input of {@link Auth.confirmForgotPassword}. */
export interface ConfirmForgotPasswordInput extends CallOptions {
  username: string;
  code: string;
  newPassword: string;
  userContextData?: string;
}

// ------------------------------------------------------------------ the object

/** Sign-in for one app client of one user pool. Every method rejects with an `AuthError` only, but for `fetch` and `signedFetch`. */
export interface Auth extends Account, Aws, Redirects {
  /** Loads the WebAssembly and prepares the first sign-in, in idle time. Calls do it by themselves. */
  preload(): Promise<void>;

  /** Signs a person in, or returns the first question the pool asks. */
  signIn(input: SignInInput): Promise<SignInResult>;
  /** Answers a question; a wrong code rejects with `codeMismatch` and the question may be answered again. */
  answerChallenge<C extends Challenge>(challenge: C, answer: AnswerTo<C>): Promise<SignInResult>;
  /** Forgets a half-finished sign-in. */
  cancelChallenge(challenge: Challenge): Promise<void>;
  /**
   * Questions of this tab that wait for an answer, oldest first; with {@link AuthOptions.resumeSignIn}
   * those of the page before a reload too, or those of every tab. A set-up of an authenticator app comes back as
   * `MFA_SETUP`: answered again, it makes a new secret.
   */
  pendingSignIns(): Promise<Challenge[]>;

  /** Second factors of the person who is signed in. */
  readonly mfa: Mfa;
  /** Their devices. */
  readonly devices: Devices;
  /** Their passkeys. */
  readonly passkeys: Passkeys;

  /**
   * `fetch` with the person's token, sent to the addresses of {@link AuthOptions.fetch} only. One 401
   * is answered with a newer token where the body can be sent again. A redirect of a request that
   * carries a token is an error: the token must not follow it.
   */
  fetch: typeof fetch;

  /** Creates an account. */
  signUp(input: SignUpInput): Promise<SignUpResult>;
  /** Confirms a new account with the code that was sent. */
  confirmSignUp(input: ConfirmSignUpInput): Promise<ConfirmSignUpResult>;
  /** Sends the confirmation code again; the older one stops working. */
  resendConfirmationCode(input: UsernameInput): Promise<CodeSentResult>;
  /** Sends a code with which a forgotten password can be replaced. */
  forgotPassword(input: UsernameInput): Promise<CodeSentResult>;
  /** Sets a new password with that code. */
  confirmForgotPassword(input: ConfirmForgotPasswordInput): Promise<void>;

  /**
   * The live session, or `null` when nobody is signed in. Rejects while an expired session cannot be
   * refreshed (`offline`, `network`, …): it stays, and is retried.
   */
  session(options?: SessionOptions): Promise<Session | null>;
  /** A usable access token, or `null` when nobody is signed in. */
  getAccessToken(options?: SessionOptions): Promise<string | null>;
  /** Who is signed in, or `null`. */
  user(options?: SessionOptions): Promise<User | null>;
  /**
   * Signs out: the session leaves this browser first, then the service revokes its tokens. It leaves
   * the browser, too, where the service or the code for it cannot be reached.
   */
  signOut(options?: SignOutOptions): Promise<SignOutResult>;

  /** How the session is, as far as this page knows. */
  readonly status: AuthStatus;
  /**
   * Calls the handler at each event from now on, those of other tabs included. Returns a function that
   * unsubscribes it.
   */
  on<E extends keyof AuthEvents>(event: E, handler: (detail: AuthEvents[E]) => void): () => void;
  /**
   * Ends timers, listeners and handlers of this object, for good: later calls still answer, but install
   * none, and `on` does nothing any more. For pages that are replaced in place, as by hot reloading.
   */
  dispose(): void;
}

/**
 * The public page, continued: every question a pool can ask, and what may be answered.
 * `docs/challenges.md` has the table.
 */
import type { CallOptions, FirstFactor, MfaType } from "./index.js";

/** Common to all challenges. */
interface ChallengeBase {
  /** Handle of this question; means nothing outside the page and is no secret. */
  id: string;
  /** User name the service knows the person by, once it has told. */
  username: string;
  /** Everything the service said with the question, as it said it. */
  parameters: Record<string, string>;
}

/** A code was sent to the person. */
export interface CodeChallenge extends ChallengeBase {
  name: "SMS_MFA" | "EMAIL_OTP" | "SMS_OTP";
  /** Masked address or number, for instance `a***@e***`. */
  destination?: string;
  medium?: "SMS" | "EMAIL";
}

/** The code of an authenticator app. */
export interface SoftwareTokenChallenge extends ChallengeBase {
  name: "SOFTWARE_TOKEN_MFA";
  /** The name the person gave the app's entry. */
  friendlyDeviceName?: string;
}

/** An administrator gave a temporary password: choose one's own. */
export interface NewPasswordChallenge extends ChallengeBase {
  name: "NEW_PASSWORD_REQUIRED";
  /** Attributes that must be supplied, without the `userAttributes.` prefix. */
  requiredAttributes: string[];
  /** Attributes the pool holds already. */
  userAttributes: Record<string, string>;
}

/** Several second factors are set up: choose one. */
export interface SelectMfaChallenge extends ChallengeBase {
  name: "SELECT_MFA_TYPE";
  options: (MfaType | (string & {}))[];
}

/** The pool wants a second factor and the person has none: choose which to set up. */
export interface MfaSetupChallenge extends ChallengeBase {
  name: "MFA_SETUP";
  options: (MfaType | (string & {}))[];
}

/** Setting up an authenticator app: show the secret, ask for its first code. */
export interface SoftwareTokenSetupChallenge extends ChallengeBase {
  name: "SOFTWARE_TOKEN_SETUP";
  /** Base32, to be typed by hand where a camera is missing. */
  secretCode: string;
}

/** Setting up codes by e-mail: ask for the address. */
export interface EmailSetupChallenge extends ChallengeBase {
  name: "EMAIL_SETUP";
}

/** Choice-based sign-in: choose a first factor. */
export interface SelectChallenge extends ChallengeBase {
  name: "SELECT_CHALLENGE";
  options: (FirstFactor | (string & {}))[];
}

/** The password is wanted. */
export interface PasswordChallenge extends ChallengeBase {
  name: "PASSWORD" | "PASSWORD_SRP";
}

/** A passkey is wanted: answering runs the browser's ceremony. */
export interface WebAuthnChallenge extends ChallengeBase {
  name: "WEB_AUTHN";
  /** The service's request options in their JSON form (WebAuthn, `PublicKeyCredentialRequestOptionsJSON`). */
  options: Record<string, unknown>;
}

/** A question of the pool's own triggers: `parameters` has what they published. */
export interface CustomChallenge extends ChallengeBase {
  name: "CUSTOM_CHALLENGE";
}

/**
 * The service's session is over, and the user name is known: begin again. A pool that begins by
 * sending a code sends another. Comes mostly with the error `sessionExpired`.
 */
export interface RestartChallenge extends ChallengeBase {
  name: "RESTART";
}

/** A question this version does not know: nothing is lost, and it can be answered. */
export interface OtherChallenge extends ChallengeBase {
  name: "OTHER";
  /** The service's name for it. */
  challengeName: string;
}

/** Every question a pool can ask. Switch on `name`. */
export type Challenge =
  | CodeChallenge
  | SoftwareTokenChallenge
  | NewPasswordChallenge
  | SelectMfaChallenge
  | MfaSetupChallenge
  | SoftwareTokenSetupChallenge
  | EmailSetupChallenge
  | SelectChallenge
  | PasswordChallenge
  | WebAuthnChallenge
  | CustomChallenge
  | RestartChallenge
  | OtherChallenge;

/** Choice-based sign-in: another first factor than the one that was asked for. */
export interface OtherFactor {
  option: FirstFactor | (string & {});
  /** For `PASSWORD` and `PASSWORD_SRP`; absent: it is asked for next. */
  password?: string;
}

/** What each challenge may be answered with. */
export interface ChallengeAnswers {
  SMS_MFA: { code: string };
  EMAIL_OTP: { code: string } | OtherFactor;
  SMS_OTP: { code: string } | OtherFactor;
  SOFTWARE_TOKEN_MFA: { code: string };
  NEW_PASSWORD_REQUIRED: { newPassword: string; attributes?: Record<string, string> };
  SELECT_MFA_TYPE: { option: MfaType | (string & {}) };
  MFA_SETUP: { option: MfaType | (string & {}) };
  SOFTWARE_TOKEN_SETUP: { code: string; friendlyDeviceName?: string };
  EMAIL_SETUP: { email: string };
  SELECT_CHALLENGE: OtherFactor;
  PASSWORD: { password: string } | OtherFactor;
  PASSWORD_SRP: { password: string } | OtherFactor;
  /**
   * Nothing: the browser's dialog runs, and `signal` closes it. `mediation: "conditional"` offers the
   * passkey in the autofill of a form instead, until the signal ends it. `credential`: one already
   * made, in JSON form.
   */
  WEB_AUTHN:
    | { mediation?: "conditional" | "optional" | "required" | "silent"; credential?: unknown }
    | OtherFactor;
  CUSTOM_CHALLENGE: { answer: string };
  /** The password where the sign-in shall begin with one. */
  RESTART: { password?: string };
  OTHER: { responses: Record<string, string> };
}

/**
 * The answer that fits a challenge. `responses` is the service's own form (`ChallengeResponses`),
 * for what a pool wants beyond the fields here.
 */
export type AnswerTo<C extends Challenge> = (
  | (C extends Challenge ? ChallengeAnswers[C["name"]] : never)
  | { responses: Record<string, string> }
) &
  CallOptions;

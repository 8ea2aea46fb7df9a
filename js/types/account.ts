/**
 * The public page, continued: looking after one's account. Every call here rejects with `signedOut`
 * when nobody is signed in.
 */
import type { CallOptions, CodeDelivery, CodeSentResult } from "./index.js";

/**
 * Attributes by name. Standard ones are typed (OpenID Connect Core, section 5.1); `custom:` and
 * `dev:custom:` ones keep their names and are text.
 */
export interface UserAttributes {
  sub?: string;
  address?: string;
  /** `YYYY-MM-DD`. */
  birthdate?: string;
  email?: string;
  email_verified?: boolean;
  family_name?: string;
  gender?: string;
  given_name?: string;
  locale?: string;
  middle_name?: string;
  name?: string;
  nickname?: string;
  /** `+` and digits. */
  phone_number?: string;
  phone_number_verified?: boolean;
  picture?: string;
  preferred_username?: string;
  profile?: string;
  /** Unix seconds, as text. */
  updated_at?: string;
  website?: string;
  zoneinfo?: string;
  [custom: `custom:${string}`]: string | undefined;
  [developer: `dev:custom:${string}`]: string | undefined;
}

/** The attributes a person may change themselves: some the service keeps. */
export type WritableAttributes = Omit<UserAttributes, ServiceAttribute> & {
  [N in ServiceAttribute]?: never;
};

type ServiceAttribute = "sub" | "email_verified" | "phone_number_verified";

/**
 * What became of a changed attribute. `confirmWithCode`: the pool sent a code to the new address or
 * number; hand it to `verify`. Whether the old value stays until then is the pool's setting.
 */
export type AttributeOutcome =
  | { status: "done" }
  | { status: "confirmWithCode"; codeDelivery: CodeDelivery };

/** An attribute that is verified by a code. */
export type VerifiableAttribute = "email" | "phone_number";

/** Input of {@link Attributes.update}. */
export interface UpdateAttributesInput<A extends WritableAttributes = WritableAttributes>
  extends CallOptions {
  /** New values; an empty text deletes. What is not named stays as it is. */
  attributes: A;
}

/** Input of {@link Attributes.delete}. */
export interface DeleteAttributesInput extends CallOptions {
  /** Names, `custom:` included. */
  names: readonly Exclude<keyof WritableAttributes, ServiceAttribute>[];
}

/** Input of {@link Attributes.sendCode}. */
export interface AttributeCodeInput extends CallOptions {
  name: VerifiableAttribute;
}

/** Input of {@link Attributes.verify}. */
export interface VerifyAttributeInput extends AttributeCodeInput {
  code: string;
}

/**
 * Attributes of the person who is signed in. `auth.user()` shows them as the ID token has them: ask for
 * `auth.session({ forceRefresh: true })` after a change.
 */
export interface Attributes {
  /** Reads those the app client may read (`GetUser`). */
  get(options?: CallOptions): Promise<UserAttributes>;
  /**
   * Changes some, and says of each whether it is done or waits for a code. One the client may not
   * write is refused with `notAuthorized`, one the schema does not take with `invalidParameter`, both
   * with the service's reason in `service.message`; then none was changed.
   */
  update<A extends WritableAttributes>(
    input: UpdateAttributesInput<A>,
  ): Promise<{ [N in keyof A]-?: AttributeOutcome }>;
  /** Removes some. A required one is refused with `invalidParameter`. */
  delete(input: DeleteAttributesInput): Promise<void>;
  /** Sends a code that verifies an address or number. */
  sendCode(input: AttributeCodeInput): Promise<CodeSentResult>;
  /** Verifies it with that code. */
  verify(input: VerifyAttributeInput): Promise<void>;
}

/** Input of {@link Account.changePassword}. */
export interface ChangePasswordInput extends CallOptions {
  /** Absent for somebody who has none yet: passkey or code only. */
  previousPassword?: string;
  newPassword: string;
}

/** Looking after one's account. */
export interface Account {
  /** Attributes of the person who is signed in. */
  readonly attributes: Attributes;
  /**
   * Sets a new password. `incorrectCredentials`: the previous one is wrong; `invalidPassword`: see
   * `passwordRules`; `passwordUsedBefore`, `compromisedPassword`: ask for another. Sessions go on.
   */
  changePassword(input: ChangePasswordInput): Promise<void>;
  /**
   * Deletes the account for good. Session, device data and everything else of the person leaves this
   * browser, in every tab.
   */
  deleteUser(options?: CallOptions): Promise<void>;
}

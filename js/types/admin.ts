/**
 * The public page of `lifeguard-cognito/admin`: other people's accounts, for an administrator's page.
 */
import type { CallOptions, UserAttributes, WasmSource } from "./index.js";

/** AWS credentials, as {@link "./aws".AwsCredentials} and the AWS SDKs have them. */
export interface AwsKey {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** What `createAdmin` needs to know. */
export interface AdminOptions {
  /** The user pool, `region_name`. */
  userPoolId: string;
  /**
   * Credentials that may do this, or how to get them: `auth.credentials` for an administrator whose
   * identity-pool role allows it. Asked at each call, and once more when they have ended.
   */
  credentials: AwsKey | ((options?: { forceRefresh?: boolean }) => Promise<AwsKey>);
  /** As in `AuthOptions`. */
  endpoint?: string | URL;
  /** How long one attempt of a request may take, in milliseconds. Default 15 000. */
  timeoutMs?: number;
  /** Overrides how the account module is found. */
  wasm?: WasmSource;
}

/** State of an account. */
export type UserStatus =
  | "UNCONFIRMED"
  | "CONFIRMED"
  | "ARCHIVED"
  | "COMPROMISED"
  | "UNKNOWN"
  | "RESET_REQUIRED"
  | "FORCE_CHANGE_PASSWORD"
  | "EXTERNAL_PROVIDER"
  | (string & {});

/** Somebody's account. Times are Unix seconds of the service's clock. */
export interface AdminUser {
  username: string;
  status?: UserStatus;
  /** Whether they may sign in. */
  enabled?: boolean;
  attributes: UserAttributes;
  createdAt?: number;
  modifiedAt?: number;
}

/** {@link AdminUser}, with second factors. */
export interface AdminUserDetail extends AdminUser {
  /** Second factors that are on. */
  mfaEnabled: string[];
  mfaPreferred?: string;
}

/** Input of {@link Admin.adminGetUser}. */
export interface AdminGetUserInput extends Omit<CallOptions, "clientMetadata"> {
  username: string;
}

/** Input of {@link Admin.adminUpdateUserAttributes}. */
export interface AdminUpdateUserAttributesInput extends CallOptions {
  username: string;
  /** New values, `email_verified` and `phone_number_verified` included; an empty text deletes. */
  attributes: Omit<UserAttributes, "sub">;
}

/** An attribute people can be searched by; `custom:` ones cannot. */
export type SearchableAttribute =
  | "username"
  | "email"
  | "phone_number"
  | "name"
  | "given_name"
  | "family_name"
  | "preferred_username"
  | "cognito:user_status"
  | "status"
  | "sub";

/** A search: one attribute that is, or begins with, a text. Quotes in it are taken care of. */
export type UserFilter =
  | { attribute: SearchableAttribute; equals: string; startsWith?: never }
  | { attribute: SearchableAttribute; startsWith: string; equals?: never };

/** Input of {@link Admin.listUsers}. */
export interface ListUsersInput extends Omit<CallOptions, "clientMetadata"> {
  filter?: UserFilter;
  /** Which attributes to read. Default: all. */
  attributes?: readonly (keyof UserAttributes)[];
  /** Most people on a page, at most 60. Default: the service's own. */
  limit?: number;
}

/** One page of people. A page may be empty and have another after it. */
export interface UserPage {
  users: AdminUser[];
  /** Absent on the last page. */
  next?: string;
}

/**
 * Other people's accounts. Every call rejects with an `AuthError`: `forbidden` where the role does not
 * allow it, `credentialsRefused` where the credentials are no good.
 */
export interface Admin {
  /** Reads an account. */
  adminGetUser(input: AdminGetUserInput): Promise<AdminUserDetail>;
  /** Changes attributes of an account. */
  adminUpdateUserAttributes(input: AdminUpdateUserAttributesInput): Promise<void>;
  /** Everybody, or those a filter finds: pages are asked for as the loop goes on. */
  listUsers(input?: ListUsersInput): AsyncIterableIterator<AdminUser>;
  /** One page of them. */
  listUsersPage(input?: ListUsersInput & { next?: string }): Promise<UserPage>;
}

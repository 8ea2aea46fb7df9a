/**
 * The public page, continued: what belongs to the person who is signed in. Every call here rejects
 * with `signedOut` when nobody is.
 */
import type { CallOptions, FirstFactor, MfaType } from "./index.js";

// ------------------------------------------------------------------ second factors

/** A secret for a new authenticator app. */
export interface TotpSetup {
  /** Base32: show it as text, and as a QR code of `otpauthUri`. */
  secretCode: string;
}

/** Input of {@link Mfa.verifyTotp}. */
export interface VerifyTotpInput extends CallOptions {
  /** The first code of the new app. */
  code: string;
  /** A name for the app, shown when a code of it is asked for. */
  friendlyDeviceName?: string;
}

/**
 * `true`: may be asked for. `false`: is not asked for. `"preferred"`: is asked for first, which
 * takes the place from whichever was. What is not named stays as it is.
 */
export type MfaWish = boolean | "preferred";

/** Input of {@link Mfa.setPreference}: at least one factor. */
export interface MfaPreferenceInput extends CallOptions {
  /** Needs a phone number. */
  sms?: MfaWish;
  /** Needs an authenticator app that was verified. */
  totp?: MfaWish;
  /** Needs an e-mail address. */
  email?: MfaWish;
  /** Needs a pool that takes passkeys as second factors, and another factor that is on. */
  passkey?: boolean;
}

/** Second factors a person has on. */
export interface MfaPreference {
  enabled: (MfaType | (string & {}))[];
  /** The one that is asked for first. */
  preferred?: MfaType | (string & {});
}

/** All factors a person has set up. */
export interface AuthFactors extends MfaPreference {
  /** Ways to begin a sign-in; `SOFTWARE_TOKEN` where an authenticator app is known. */
  firstFactors: (Exclude<FirstFactor, "PASSWORD_SRP"> | "SOFTWARE_TOKEN" | (string & {}))[];
}

/** Second factors of the person who is signed in. */
export interface Mfa {
  /** Makes a secret for a new authenticator app. The one before stays good until `verifyTotp`. */
  setUpTotp(options?: CallOptions): Promise<TotpSetup>;
  /** Takes the new app into use. It is asked for only once `setPreference` turned it on. */
  verifyTotp(input: VerifyTotpInput): Promise<void>;
  /** Turns factors on or off. */
  setPreference(input: MfaPreferenceInput): Promise<void>;
  /** Which second factors are on (`GetUser`). */
  preference(options?: CallOptions): Promise<MfaPreference>;
  /** All factors, first ones too (`GetUserAuthFactors`). */
  factors(options?: CallOptions): Promise<AuthFactors>;
}

// ------------------------------------------------------------------ pages of lists

/** Input of the calls that list. */
export interface PageInput extends CallOptions {
  /** Most items on this page: at most 60 devices, 20 passkeys. Default: the service's own. */
  limit?: number;
  /** The `next` of the page before. */
  next?: string;
}

// ------------------------------------------------------------------ devices

/** A device that the pool tracks. Times are Unix seconds of the service's clock. */
export interface Device {
  deviceKey: string;
  /** Whether it is this browser. */
  isThis: boolean;
  /** For instance `device_name`, `device_status`, `last_ip_used`. */
  attributes: Record<string, string>;
  createdAt?: number;
  modifiedAt?: number;
  authenticatedAt?: number;
}

/** One page of devices. */
export interface DevicePage {
  devices: Device[];
  /** Absent on the last page. */
  next?: string;
}

/** Input of the calls about one device. */
export interface DeviceInput extends CallOptions {
  /** Default: this browser's. */
  deviceKey?: string;
}

/** Devices of the person who is signed in, where the pool tracks them. */
export interface Devices {
  /** Lists devices, a page at a time. */
  list(input?: PageInput): Promise<DevicePage>;
  /** Reads one device. */
  get(input?: DeviceInput): Promise<Device>;
  /** Has a device spare the person the second factor: the "yes" to `deviceConfirmation`. */
  remember(input?: DeviceInput): Promise<void>;
  /** The opposite of `remember`. */
  doNotRemember(input?: DeviceInput): Promise<void>;
  /** Forgets a device at the service, and in this browser if it is this one. */
  forget(input?: DeviceInput): Promise<void>;
}

// ------------------------------------------------------------------ passkeys

/** A passkey the pool knows. */
export interface Passkey {
  credentialId: string;
  name?: string;
  relyingPartyId?: string;
  attachment?: "platform" | "cross-platform" | (string & {});
  transports: string[];
  /** Unix seconds of the service's clock. */
  createdAt?: number;
}

/** One page of passkeys. */
export interface PasskeyPage {
  passkeys: Passkey[];
  /** Absent on the last page. */
  next?: string;
}

/** Input of {@link Passkeys.delete}. */
export interface DeletePasskeyInput extends CallOptions {
  credentialId: string;
}

/** What this browser can do with passkeys. */
export interface PasskeyCapabilities {
  /** There are passkeys at all. */
  supported: boolean;
  /** They can be offered in the autofill of a form: `mediation: "conditional"`. */
  autofill: boolean;
  /** This device can keep them itself. */
  platformAuthenticator: boolean;
}

/** Passkeys of the person who is signed in. */
export interface Passkeys {
  /** Whether this page can use passkeys: a secure context in a browser that has them. */
  isSupported(): boolean;
  /** The same in detail. Asks nobody anything and never rejects. */
  capabilities(): Promise<PasskeyCapabilities>;
  /** Makes a passkey with the browser's dialog and registers it. `signal` closes the dialog. */
  register(options?: CallOptions): Promise<void>;
  /** Lists passkeys, a page at a time. */
  list(input?: PageInput): Promise<PasskeyPage>;
  /** Removes a passkey from the pool; the authenticator keeps its half. */
  delete(input: DeletePasskeyInput): Promise<void>;
}

/**
 * Second factors, devices and passkeys of the user who is signed in. Each method is one operation of the
 * core.
 */
import type { Act, Run } from "../core/operations.js";
import type {
  AuthFactors,
  Device,
  DevicePage,
  Devices,
  Mfa,
  MfaPreference,
  PasskeyCapabilities,
  PasskeyPage,
  Passkeys,
  TotpSetup,
} from "../types/index.js";

export function createFactors(
  run: Run,
  act: Act,
): { mfa: Mfa; devices: Devices; passkeys: Omit<Passkeys, "isSupported"> } {
  return {
    mfa: {
      setUpTotp: (input) => run<TotpSetup>("associateSoftwareToken", input),
      verifyTotp: (input) => act("verifySoftwareToken", input),
      setPreference: (input) => act("setMfaPreference", input),
      preference: (input) => run<MfaPreference>("mfaPreference", input),
      factors: (input) => run<AuthFactors>("authFactors", input),
    },
    devices: {
      list: (input) => run<DevicePage>("listDevices", input),
      get: (input) => run<Device>("getDevice", input),
      remember: (input) => act("rememberDevice", input),
      doNotRemember: (input) => act("notRememberDevice", input),
      forget: (input) => act("forgetDevice", input),
    },
    passkeys: {
      capabilities,
      register: (input) => act("registerPasskey", input),
      list: (input) => run<PasskeyPage>("listPasskeys", input),
      delete: (input) => act("deletePasskey", input),
    },
  };
}

/** Typed as what may be missing: older browsers have parts of it. */
interface CredentialInterface {
  isConditionalMediationAvailable?(): Promise<boolean>;
  isUserVerifyingPlatformAuthenticatorAvailable?(): Promise<boolean>;
}

function credentialInterface(): CredentialInterface | undefined {
  const { isSecureContext, navigator, PublicKeyCredential } = globalThis as typeof globalThis & {
    PublicKeyCredential?: CredentialInterface;
  };
  return isSecureContext && navigator?.credentials ? PublicKeyCredential : undefined;
}

async function capabilities(): Promise<PasskeyCapabilities> {
  const api = credentialInterface();
  const probe = async (name: keyof CredentialInterface) => {
    try {
      return (await api?.[name]?.()) === true;
    } catch {
      return false;
    }
  };
  const [autofill, platformAuthenticator] = await Promise.all([
    probe("isConditionalMediationAvailable"),
    probe("isUserVerifyingPlatformAuthenticatorAvailable"),
  ]);
  return { supported: api !== undefined, autofill, platformAuthenticator };
}

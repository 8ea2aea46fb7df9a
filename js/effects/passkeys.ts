/**
 * The effects `passkeyGet` and `passkeyCreate`: WebAuthn, with options and credentials in their JSON
 * form (WebAuthn Level 3, section 5.1).
 */

/** Options in JSON form. */
export interface PasskeyRequest {
  request: { publicKey: PublicKeyJson; mediation?: CredentialMediationRequirement };
}

interface PublicKeyJson {
  challenge: string;
  timeout?: number;
  user?: { id: string };
  allowCredentials?: { id: string }[];
  excludeCredentials?: { id: string }[];
}

/** Prompts for a passkey. */
export const get = (request: PasskeyRequest, signal?: AbortSignal) =>
  ceremony("get", request, signal);

/** Creates a passkey. */
export const create = (request: PasskeyRequest, signal?: AbortSignal) =>
  ceremony("create", request, signal);

async function ceremony(
  method: "get" | "create",
  { request: { publicKey, ...request } }: PasskeyRequest,
  signal?: AbortSignal,
): Promise<object> {
  if (!globalThis.PublicKeyCredential || !navigator.credentials?.[method])
    return { error: "notSupported" };
  const deadline = Date.now() + (publicKey.timeout ?? Number.POSITIVE_INFINITY);
  try {
    const options = { ...request, publicKey: binary(publicKey), signal };
    const credential = (await navigator.credentials[method](
      options as CredentialRequestOptions & CredentialCreationOptions,
    )) as PublicKeyCredential | null;
    return credential ? { credential: inJson(credential) } : { error: "cancelled" };
  } catch (error) {
    // The reason of an abort is the application's own value: only the signal tells.
    if (signal?.aborted) return { error: "aborted" };
    return { error: failure(method, error as Error, deadline) };
  }
}

/** Options with their bytes as bytes. */
function binary(publicKey: PublicKeyJson): object {
  const { challenge, user, allowCredentials, excludeCredentials } = publicKey;
  const withBytes = <T extends { id: string }>(item: T) => ({ ...item, id: bytes(item.id) });
  return {
    ...publicKey,
    challenge: bytes(challenge),
    ...(user && { user: withBytes(user) }),
    ...(allowCredentials && { allowCredentials: allowCredentials.map(withBytes) }),
    ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(withBytes) }),
  };
}

/** What a failed ceremony means (WebAuthn Level 3, sections 5.1.3 and 5.1.4). */
function failure(method: string, { name }: Error, deadline: number): string {
  switch (name) {
    case "AbortError":
      return "aborted";
    case "NotAllowedError":
      // Browsers tell a refusal and a deadline by the same name: the clock tells them apart.
      return Date.now() >= deadline ? "timedOut" : "cancelled";
    case "InvalidStateError":
      return method === "create" ? "alreadyRegistered" : "failed";
    case "SecurityError":
      return "wrongRelyingParty";
    case "TimeoutError":
      return "timedOut";
    case "NotSupportedError":
    case "ConstraintError":
    case "TypeError":
      return "notSupported";
    default:
      return "failed";
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function base64url(buffer: ArrayBuffer | null | undefined): string | undefined {
  if (!buffer) return undefined;
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A credential as JSON text, for browsers that lack `toJSON` as well. */
function inJson(credential: PublicKeyCredential): string {
  const { id, authenticatorAttachment } = credential;
  const response = credential.response as Partial<
    AuthenticatorAssertionResponse & AuthenticatorAttestationResponse
  >;
  const key = response.getPublicKey?.();
  return JSON.stringify({
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      attestationObject: base64url(response.attestationObject),
      // Browsers offer the authenticator data of a new credential by a method only.
      authenticatorData: base64url(response.authenticatorData ?? response.getAuthenticatorData?.()),
      signature: base64url(response.signature),
      userHandle: base64url(response.userHandle),
      publicKey: base64url(key),
      publicKeyAlgorithm: key ? response.getPublicKeyAlgorithm?.() : undefined,
      transports: response.getTransports?.(),
    },
  });
}

/**
 * Text encrypted with AES-GCM, as a store keeps it: base64 of a random IV and of what it belongs to.
 */
const IV_BYTES = 12;

/** Encrypts `text` for the storage key `name`: another one cannot be read in its place. */
export async function seal(key: CryptoKey, name: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const clear = new TextEncoder().encode(text);
  const data = new Uint8Array(await crypto.subtle.encrypt(cipher(name, iv), key, clear));
  return base64([...iv, ...data]);
}

/** What `seal` encrypted. Rejects where the key, the name or the text is another. */
export async function open(key: CryptoKey, name: string, sealed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0));
  const [iv, data] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES)];
  return new TextDecoder().decode(await crypto.subtle.decrypt(cipher(name, iv), key, data));
}

export const base64 = (bytes: number[]): string =>
  btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));

function cipher(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}

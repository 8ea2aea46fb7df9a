/**
 * A store that encrypts what it keeps, with a key that scripts can use but not read.
 *
 * What it is good for: what lies in `localStorage`, in a copied profile folder or in a backup cannot be
 * read without the browser's own key store. What it does not stop: script in the page, which can ask for the
 * session as the page does, or use the key.
 */
import type { StorageAdapter } from "../types/index.js";

const DATABASE = "lifeguard";
const KEYS = "keys";
const NAME = "storage";
const IV_BYTES = 12;

/**
 * Wraps a store, `localStorage` by default, for the `storage` of `createAuth`. Values are encrypted with
 * AES-GCM (256 bits, a random IV each, bound to their storage key) by a non-extractable key in IndexedDB.
 * What cannot be decrypted, because the key is gone or the value is not ours, counts as absent.
 *
 * @example
 * createAuth({ userPoolId, clientId, storage: encryptedStorage() });
 */
export function encryptedStorage(inner?: StorageAdapter): StorageAdapter {
  const store = () => inner ?? globalThis.localStorage;
  let key: Promise<CryptoKey> | undefined;

  function theKey(): Promise<CryptoKey> {
    key ??= findKey().catch((cause: unknown) => {
      key = undefined;
      throw cause;
    });
    return key;
  }

  return {
    async getItem(name) {
      const held = await store().getItem(name);
      if (!held) return null;
      try {
        const bytes = Uint8Array.from(atob(held), (character) => character.charCodeAt(0));
        const [iv, data] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES)];
        const clear = await crypto.subtle.decrypt(cipher(name, iv), await theKey(), data);
        return new TextDecoder().decode(clear);
      } catch {
        return null;
      }
    },
    async setItem(name, value) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const clear = new TextEncoder().encode(value);
      const data = new Uint8Array(
        await crypto.subtle.encrypt(cipher(name, iv), await theKey(), clear),
      );
      const bytes = [...iv, ...data].map((byte) => String.fromCharCode(byte));
      await store().setItem(name, btoa(bytes.join("")));
    },
    async removeItem(name) {
      await store().removeItem(name);
    },
  };
}

/** Bound to the storage key, so that one value cannot be put in another's place. */
function cipher(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}

/** The origin's key; the first tab makes it, and all others take what is stored. */
async function findKey(): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  const database = await done(opening);
  try {
    // One transaction reads and writes: two tabs cannot each keep a key of their own.
    const keys = database.transaction(KEYS, "readwrite").objectStore(KEYS);
    const held = await done<CryptoKey | undefined>(keys.get(NAME));
    if (held) return held;
    await done(keys.put(made, NAME));
    return made;
  } finally {
    database.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * A store that encrypts what it keeps, with a key that scripts can use but not read.
 *
 * What it is good for: what lies in `localStorage`, in a copied profile folder or in a backup cannot be
 * read without the browser's own key store. What it does not stop: script in the page, which can ask for the
 * session as the page does, or use the key.
 */
import { LEGACY_PREFIX } from "../generated/constants.js";
import type { StorageAdapter } from "../types/index.js";
import { open, seal } from "./sealing.js";

const DATABASE = "lifeguard";
const KEYS = "keys";
const NAME = "storage";

/** How long the browser may take to hand over the key, in milliseconds. */
const KEY_MS = 1_500;

/** Options of an encrypting store. */
export interface EncryptedOptions {
  /**
   * Called once, when there is no key to encrypt with or no store to keep things in (private windows, sandboxed frames,
   * IndexedDB that is switched off): from then on values stay in the page's memory, and a reload signs the user out.
   */
  onMemory?: (cause: unknown) => void;
}

/** A store that encrypts, and can do so over another store. */
export interface EncryptedStorage extends StorageAdapter {
  /** The same over another store, such as `sessionStorage`; by a function, where that is to be asked for at each use. */
  over(inner: StorageAdapter | (() => StorageAdapter)): StorageAdapter;
}

/**
 * Wraps a store, `localStorage` by default, for the `storage` of `createAuth`. Values are encrypted with
 * AES-GCM (256 bits, a random IV each, bound to their storage key) by a non-extractable key in IndexedDB.
 * What cannot be decrypted, because the key is gone or the value is not ours, counts as absent. Where the browser
 * keeps no key, values stay in memory, never in plain text: {@link EncryptedOptions.onMemory} tells.
 *
 * @example
 * createAuth({ userPoolId, clientId, storage: encryptedStorage() });
 */
export function encryptedStorage(
  inner?: StorageAdapter,
  { onMemory }: EncryptedOptions = {},
): EncryptedStorage {
  let key: Promise<CryptoKey | undefined> | undefined;
  let isTold = false;

  function tell(cause: unknown): undefined {
    if (!isTold) {
      isTold = true;
      onMemory?.(cause);
    }
    return undefined;
  }

  /** The key; asked for once, so that a page has either the key or its memory, and never a bit of both. */
  function theKey(): Promise<CryptoKey | undefined> {
    key ??= inTime(findKey()).catch(tell);
    return key;
  }

  function encrypting(inner: () => StorageAdapter): StorageAdapter {
    const memory = new Map<string, string>();
    /** The store, if this page may use it. */
    function store(): StorageAdapter | undefined {
      try {
        return inner() ?? tell(undefined);
      } catch (cause) {
        return tell(cause);
      }
    }

    return {
      async getItem(name) {
        if (memory.has(name)) return memory.get(name);
        const held = await store()?.getItem(name);
        if (!held) return null;
        try {
          const key = await theKey();
          return key ? await open(key, name, held) : null;
        } catch {
          return null;
        }
      },
      async setItem(name, value) {
        const [held, key] = [store(), await theKey()];
        if (!held || !key) {
          memory.set(name, value);
          return;
        }
        await held.setItem(name, await seal(key, name, value));
      },
      async removeItem(name) {
        memory.delete(name);
        await store()?.removeItem(name);
      },
    };
  }

  return {
    ...encrypting(() => inner ?? globalThis.localStorage),
    over(other) {
      const store = typeof other === "function" ? other : () => other;
      const sealed = encrypting(store);
      // Other libraries do not encrypt: what they left is read as it is, and nothing is written for them.
      const isTheirs = (name: string) => name.startsWith(LEGACY_PREFIX);
      return {
        ...sealed,
        getItem: (name) => (isTheirs(name) ? store() : sealed).getItem(name),
        setItem: (name, value) => (isTheirs(name) ? undefined : sealed.setItem(name, value)),
      };
    },
  };
}

/** A browser whose IndexedDB does not answer must not keep anybody out. */
function inTime<T>(result: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no key in time")), KEY_MS);
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
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

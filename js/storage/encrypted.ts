/**
 * A store that encrypts what it keeps, with a key that scripts can use but not read.
 *
 * What it is good for: what lies in `localStorage`, in a copied profile folder or in a backup cannot be
 * read without the browser's own key store. What it does not stop: script in the page, which can ask for the
 * session as the page does, or use the key.
 */
import { EPOCH_KEY, LEGACY_PREFIX, SESSION_KEY } from "../generated/constants.js";
import type { StorageAdapter } from "../types/index.js";
import { open, seal } from "./sealing.js";

const DATABASE = "lifeguard";
const KEYS = "keys";
const NAME = "storage";

/** How long what is written waits for the key, in milliseconds. What is read waits for as long as it takes. */
const KEY_MS = 1_500;

/** Options of an encrypting store. */
export interface EncryptedOptions {
  /**
   * Called once, when there is no key to encrypt with or no store to keep things in (private windows, sandboxed frames,
   * IndexedDB that is switched off): from then on values stay in the page's memory, and a reload signs the user out.
   * Also when the key is late: should it come after all, what waits in memory is stored then.
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
  /** The key, once it is here. */
  let come: CryptoKey | undefined;
  /** The key for what is written: nothing while it is late; once it has come, after what waited for it is stored. */
  let soon: typeof key;
  let isLate = false;
  let isTold = false;
  /** Stores what waits in memory: one of each store. */
  const flushes: ((key: CryptoKey) => Promise<void>)[] = [];

  function tell(cause: unknown): undefined {
    if (!isTold) {
      isTold = true;
      onMemory?.(cause);
    }
    return undefined;
  }

  /** The key, asked for once; nothing where there is none to be had. */
  function theKey(): Promise<CryptoKey | undefined> {
    key ??= findKey().then((found) => {
      come = found;
      if (isLate) soon = Promise.all(flushes.map((flush) => flush(found))).then(() => found);
      return found;
    }, tell);
    return key;
  }

  /** The key, unless it is late: a browser whose IndexedDB does not answer must not keep anybody out. */
  function keyInTime(): Promise<CryptoKey | undefined> {
    soon ??= new Promise((resolve) => {
      const timer = setTimeout(() => {
        isLate = true;
        resolve(tell(new Error("no key in time")));
      }, KEY_MS);
      void theKey().then((found) => {
        clearTimeout(timer);
        resolve(found);
      });
    });
    return soon;
  }

  function encrypting(inner: () => StorageAdapter): StorageAdapter {
    /** What waits for a key; `before`: what the store held in its place. */
    const memory = new Map<string, { value: string; before: string | null }>();

    /** The store, if this page may use it. */
    function store(): StorageAdapter | undefined {
      try {
        return inner() ?? tell(undefined);
      } catch (cause) {
        return tell(cause);
      }
    }

    const held = async (name: string) => (await store()?.getItem(name)) || null;

    /** Stores what waits, but for what another tab has changed since: a session counts with the epoch beside it. */
    async function flush(key: CryptoKey): Promise<void> {
      const all = [...memory];
      const epochOf = (name: string) => name.replace(SESSION_KEY, EPOCH_KEY);
      const isOurs = async ([name, own]: (typeof all)[number]) => {
        const judge = memory.has(epochOf(name)) ? epochOf(name) : name;
        return (await held(judge)) === (memory.get(judge) ?? own).before;
      };
      try {
        const sealed = await Promise.all(all.map(([name, { value }]) => seal(key, name, value)));
        const ours = await Promise.all(all.map(isOurs));
        for (const [at, [name, own]] of all.entries()) {
          const usable = store();
          // Changed or removed while this went on.
          if (!usable || memory.get(name) !== own) continue;
          if (ours[at]) await usable.setItem(name, sealed[at] as string);
          memory.delete(name);
        }
      } catch (cause) {
        // A store that takes nothing: what is left stays in memory.
        tell(cause);
      }
    }
    flushes.push(flush);

    return {
      async getItem(name) {
        const wasHere = come;
        const found = await held(name);
        // A key is asked for, and made, only where there is something to decrypt.
        const key = found && !memory.has(name) ? await theKey() : undefined;
        const own = memory.get(name);
        if (own || !key) return own?.value ?? null;
        try {
          return await open(key, name, (wasHere ? found : await held(name)) ?? "");
        } catch {
          return null;
        }
      },
      async setItem(name, value) {
        const own = memory.get(name);
        const before = own ? own.before : await held(name);
        const usable = store();
        const key = (await keyInTime()) ?? (come && (await soon));
        if (!usable || !key) {
          memory.set(name, { value, before });
          return;
        }
        await usable.setItem(name, await seal(key, name, value));
        memory.delete(name);
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
    const transaction = database.transaction(KEYS, "readwrite");
    const keys = transaction.objectStore(KEYS);
    const held = await done<CryptoKey | undefined>(keys.get(NAME));
    if (held) return held;
    keys.put(made, NAME);
    await committed(transaction);
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

/** Only then has the browser kept what was put. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/**
 * What the core needs from this page and cannot know: stores and the tabs' channel. No
 * decisions.
 */
import { STORE_PATIENCE_MS } from "../generated/constants.js";
import { within } from "../patience.js";
import type { EncryptedStorage } from "../storage/encrypted.js";
import type { AuthOptions, StorageAdapter } from "../types/index.js";
import { ownFile } from "../core/file.js";
import { broadcast } from "./channel.js";

export { channelName } from "./channel.js";

/** What a page has for the effects of the core. */
export interface Host {
  readonly lasting: StorageAdapter;
  readonly tab: StorageAdapter;
  readonly memory: StorageAdapter;
  /** The browser's lasting store, also where the application has one of its own. */
  local(): Storage | undefined;
  /** What a store answers, or `late` where it takes too long. Rejects where it does. */
  patiently<T, L>(answer: Promise<T>, late: L): Promise<T | L>;
  broadcast(message: string): void;
  /** The server's reply with the file of the core, to be read once; `isAgain` asks anew. */
  file(isAgain?: boolean): Promise<Response>;
  /** Given by a part that has loaded it already; else it is loaded where it is needed. */
  verifySignature?: (token: string, keys: string) => Promise<boolean>;
}

export function createHost(options: AuthOptions): Host {
  const storage = options.storage ?? "local";
  const memory = memoryStore();
  // One for each: the core keeps a session in one store and takes it out of the others.
  const insteadOfLasting = memoryStore();
  const insteadOfTab = memoryStore();
  const local = () => available(() => globalThis.localStorage);
  const tab = () => available(() => globalThis.sessionStorage) ?? insteadOfTab;
  // An application that encrypts does so wherever a session goes.
  const sealed = (storage as Partial<EncryptedStorage>).over?.(tab);
  return {
    // Asked for at each use: merely touching `localStorage` throws where it is switched off. The
    // page's memory stands in, so that a person can sign in all the same.
    get lasting() {
      if (typeof storage === "object") return storage;
      return local() ?? insteadOfLasting;
    },
    get tab() {
      return sealed ?? tab();
    },
    memory,
    local,
    patiently: (answer, late) => within(answer, STORE_PATIENCE_MS, late),
    broadcast: (message) => broadcast(options.clientId, message),
    file: ownFile,
  };
}

/** A store of the browser, where it has one and lets this page use it. */
function available(store: () => Storage | undefined): Storage | undefined {
  try {
    const found = store();
    // Node.js has a `localStorage` without methods.
    return typeof found?.getItem === "function" ? found : undefined;
  } catch {
    return undefined;
  }
}

/** A store that ends with the page. */
function memoryStore(): StorageAdapter {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key),
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
}

/**
 * What the core needs from this page and cannot know: stores, the tabs' channel, what the browser
 * calls itself. No decisions.
 */
import type { AuthOptions, StorageAdapter } from "./types.js";

/** The other side of `src/browser/host.rs`. */
export interface Host {
  readonly lasting: StorageAdapter;
  readonly tab: StorageAdapter;
  readonly memory: StorageAdapter;
  readonly cookies: StorageAdapter;
  broadcast(message: string): void;
  notify(event: string): void;
  deviceName(): string;
  contextData(username: string, userPoolId: string, clientId: string): string | undefined;
  /** Given by `popup.ts`, which is loaded before it is needed. */
  verifySignature?: (token: string, keys: string) => Promise<boolean>;
}

/** Global of the service's threat-protection script. */
interface ContextDataGlobal {
  AmazonCognitoAdvancedSecurityData?: {
    getData(username: string, userPoolId: string, clientId: string): string | undefined;
  };
}

export function createHost(options: AuthOptions): Host {
  const storage = options.storage ?? "local";
  const memory = memoryStore();
  // One for each: the core keeps a session in one store and takes it out of the others.
  const insteadOfLasting = memoryStore();
  const insteadOfTab = memoryStore();
  return {
    // Asked for at each use: merely touching `localStorage` throws where it is switched off. The
    // page's memory stands in, so that a person can sign in all the same.
    get lasting() {
      if (typeof storage === "object") return storage;
      return available(() => globalThis.localStorage) ?? insteadOfLasting;
    },
    get tab() {
      return available(() => globalThis.sessionStorage) ?? insteadOfTab;
    },
    memory,
    cookies: {
      // An application with a store of its own may have had another library with the browser's.
      getItem: (name) => cookie(name) ?? available(() => globalThis.localStorage)?.getItem(name),
      setItem() {},
      removeItem(name) {
        expire(name);
        available(() => globalThis.localStorage)?.removeItem(name);
      },
    },
    broadcast(message) {
      if (typeof BroadcastChannel !== "function") return;
      const channel = new BroadcastChannel(channelName(options.clientId));
      channel.postMessage(message);
      channel.close();
    },
    // Each module of the core gets its own.
    notify() {},
    deviceName: () => globalThis.navigator?.userAgent.slice(0, 1024) || "browser",
    contextData(...names) {
      const script = (globalThis as ContextDataGlobal).AmazonCognitoAdvancedSecurityData;
      try {
        return script?.getData(...names) || undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Name of the tabs' channel. */
export function channelName(clientId: string): string {
  return `lifeguard.${clientId}`;
}

/** A store of the browser, where it has one and lets this page use it. */
function available(store: () => Storage | undefined): Storage | undefined {
  try {
    return store();
  } catch {
    return undefined;
  }
}

/** Ends a cookie of another library: of this host, or of any domain above it. */
function expire(name: string): void {
  if (typeof document !== "object" || cookie(name) === undefined) return;
  const labels = location.hostname.split(".");
  const domains = labels.map((_, index) => `; domain=${labels.slice(index).join(".")}`);
  for (const domain of ["", ...domains]) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
    document.cookie = `${encodeName(name)}=; path=/${domain}; max-age=0`;
  }
}

/** The name js-cookie gives a cookie. */
function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(/%(2[346B]|5E|60|7C)/g, decodeURIComponent)
    .replace(/[()]/g, (bracket) => (bracket === "(" ? "%28" : "%29"));
}

/** A cookie of another library; `undefined` where there is no document. */
function cookie(name: string): string | undefined {
  const encoded = encodeName(name);
  for (const pair of globalThis.document?.cookie.split("; ") ?? []) {
    if (!pair.startsWith(`${encoded}=`)) continue;
    const value = pair.slice(encoded.length + 1);
    return value.replace(/(%[\dA-F]{2})+/gi, (escaped) => {
      try {
        return decodeURIComponent(escaped);
      } catch {
        return escaped;
      }
    });
  }
  return undefined;
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

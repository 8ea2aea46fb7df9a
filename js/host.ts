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
  broadcast(message: string): void;
  deviceName(): string;
  contextData(username: string, userPoolId: string, clientId: string): string | undefined;
}

/** Global of the service's threat-protection script. */
interface ContextDataGlobal {
  AmazonCognitoAdvancedSecurityData?: {
    getData(username: string, userPoolId: string, clientId: string): string | undefined;
  };
}

export function createHost(options: AuthOptions): Host {
  const storage = options.storage ?? "local";
  return {
    // Asked for at each use: merely touching `localStorage` throws where it is switched off.
    get lasting() {
      return typeof storage === "object" ? storage : globalThis.localStorage;
    },
    get tab() {
      return globalThis.sessionStorage;
    },
    memory: memoryStore(),
    broadcast(message) {
      const channel = new BroadcastChannel(`lifeguard.${options.clientId}`);
      channel.postMessage(message);
      channel.close();
    },
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

/** A store that ends with the page. */
function memoryStore(): StorageAdapter {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key),
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
}

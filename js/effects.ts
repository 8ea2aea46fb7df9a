/**
 * What the module that signs people in asks of the page, done with web APIs. No decisions: the other
 * side is `src/browser/wrapper.rs`, the twin of this file for the account module `src/browser/*.rs`.
 */
import type { Host } from "./host.js";
import type { StorageAdapter } from "./types.js";

/** What is asked: what to do, and with what. */
export interface Asked {
  what: keyof Effects;
  first: string;
  second: string;
  number: number;
}

type Effects = ReturnType<typeof createEffects>;

/** How long an application's store may take before it counts as hanging, in milliseconds. */
const PATIENCE_MS = 3_000;

/** Numbers of failures, as the core reads them. */
const sending = { offline: 0, network: 1, timedOut: 2, aborted: 3 };
const storing = { timedOut: 0, unavailable: 1 };
const ceremony = {
  notSupported: 0,
  cancelled: 1,
  wrongParty: 2,
  timedOut: 3,
  aborted: 4,
  failed: 5,
};

/** The effects of one call, which `signal` can end. */
export function createEffects(host: Host, signal: AbortSignal | undefined) {
  let release: (() => void) | undefined;
  const isAborted = () => signal?.aborted;

  /** Settles a store's answer, which may be a promise, or none at all. */
  async function settled(index: number, use: (store: StorageAdapter) => unknown): Promise<object> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const store = [host.lasting, host.tab, host.memory][index] as StorageAdapter;
      const hung = new Promise<object>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS, { error: storing.timedOut });
      });
      return await Promise.race([hung, Promise.resolve(use(store)).then((value) => ({ value }))]);
    } catch {
      return { error: storing.unavailable };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async send({ first, second, number }: Asked) {
      if (isAborted()) return { error: sending.aborted };
      const [url, ...lines] = first.split("\n") as [string, ...string[]];
      const headers = new Headers();
      for (let index = 0; index < lines.length; index += 2)
        headers.set(lines[index] as string, lines[index + 1] as string);
      const ends = new AbortController();
      const end = () => ends.abort();
      const timer = setTimeout(end, number);
      signal?.addEventListener("abort", end);
      try {
        const reply = await fetch(url, {
          method: "POST",
          headers,
          body: second,
          // No cookies, no cache: neither has a part in this protocol.
          credentials: "omit",
          cache: "no-store",
          signal: ends.signal,
        });
        const header = (name: string) => reply.headers.get(name);
        return {
          status: reply.status,
          errorType: header("x-amzn-errortype"),
          errorMessage: header("x-amzn-errormessage"),
          retryAfter: header("retry-after"),
          // Not a number where there is none, which is `null` to the core.
          date: Date.parse(header("date") ?? "") / 1000,
          body: await reply.text(),
        };
      } catch {
        if (isAborted()) return { error: sending.aborted };
        if (ends.signal.aborted) return { error: sending.timedOut };
        const isOffline = globalThis.navigator?.onLine === false;
        return { error: isOffline ? sending.offline : sending.network };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
      }
    },

    async sleep({ number }: Asked) {
      await new Promise<unknown>((resolve) => {
        if (isAborted()) return resolve(0);
        setTimeout(resolve, number);
        signal?.addEventListener("abort", resolve, { once: true });
      });
      return isAborted() ? { error: sending.aborted } : null;
    },

    load: ({ number, first }: Asked) => settled(number, (store) => store.getItem(first)),
    save: ({ number, first, second }: Asked) =>
      settled(number, (store) => store.setItem(first, second)),
    remove: ({ number, first }: Asked) => settled(number, (store) => store.removeItem(first)),

    /** `true`: held until `unlock`; `false`: others have it; `null`: no locks here. */
    lock: ({ first, number }: Asked) =>
      new Promise<boolean | null>((resolve) => {
        let isLate = false;
        const timer = setTimeout(() => {
          isLate = true;
          resolve(false);
        }, number);
        const granted = () =>
          new Promise<void>((done) => {
            clearTimeout(timer);
            // A grant that comes too late is given back at once.
            if (isLate) return done();
            release = done;
            resolve(true);
          });
        const missing = () => {
          clearTimeout(timer);
          resolve(null);
        };
        try {
          // Refused: an opaque origin, or a document that is no longer active.
          navigator.locks.request(first, granted).catch(missing);
        } catch {
          missing();
        }
      }),
    unlock: () => release?.(),

    async passkey({ first }: Asked) {
      const { publicKey, ...request } = JSON.parse(first);
      if (!globalThis.PublicKeyCredential || !navigator.credentials?.get)
        return { error: ceremony.notSupported };
      const deadline = Date.now() + (publicKey.timeout ?? Number.POSITIVE_INFINITY);
      try {
        const credential = (await navigator.credentials.get({
          ...request,
          publicKey: {
            ...publicKey,
            challenge: bytes(publicKey.challenge),
            allowCredentials: publicKey.allowCredentials?.map((allowed: { id: string }) => ({
              ...allowed,
              id: bytes(allowed.id),
            })),
          },
          signal,
        })) as PublicKeyCredential | null;
        return credential ? { value: inJson(credential) } : { error: ceremony.cancelled };
      } catch (error) {
        // The reason of an abort is the application's own value: only the signal tells.
        return { error: isAborted() ? ceremony.aborted : failure(error as Error, deadline) };
      }
    },
  };
}

/** What a failed ceremony means (WebAuthn Level 3, section 5.1.4). */
function failure({ name }: Error, deadline: number): number {
  switch (name) {
    case "AbortError":
      return ceremony.aborted;
    case "NotAllowedError":
      // Browsers tell a refusal and a deadline by the same name: the clock tells them apart.
      return Date.now() >= deadline ? ceremony.timedOut : ceremony.cancelled;
    case "SecurityError":
      return ceremony.wrongParty;
    case "TimeoutError":
      return ceremony.timedOut;
    case "NotSupportedError":
    case "ConstraintError":
    case "TypeError":
      return ceremony.notSupported;
    default:
      return ceremony.failed;
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** An assertion as JSON text (WebAuthn Level 3, section 5.1), for browsers that lack `toJSON` as well. */
function inJson(credential: PublicKeyCredential): string {
  const { id, authenticatorAttachment, response } = credential;
  const part = (name: keyof AuthenticatorAssertionResponse) => {
    const buffer = (response as AuthenticatorAssertionResponse)[name];
    if (!buffer) return undefined;
    const binary = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  return JSON.stringify({
    id,
    rawId: id,
    type: "public-key",
    authenticatorAttachment: authenticatorAttachment ?? undefined,
    clientExtensionResults: {},
    response: {
      clientDataJSON: part("clientDataJSON"),
      authenticatorData: part("authenticatorData"),
      signature: part("signature"),
      userHandle: part("userHandle"),
    },
  });
}

/**
 * What the module that signs people in asks of the page, done with web APIs. No decisions: the other
 * side is `src/browser/wrapper.rs`, the twin of this file for the account module `src/browser/*.rs`.
 */
import type { Host } from "./host.js";
import type { StorageAdapter } from "../types/index.js";

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

// Numbers of failures, as the core reads them: of requests,
const OFFLINE = 0;
const NETWORK = 1;
const TIMED_OUT = 2;
const ABORTED = 3;
// of stores,
const STORE_TIMED_OUT = 0;
const STORE_UNAVAILABLE = 1;
// and of ceremonies.
const NOT_SUPPORTED = 0;
const CANCELLED = 1;
const WRONG_PARTY = 2;
const CEREMONY_TIMED_OUT = 3;
const CEREMONY_ABORTED = 4;
const FAILED = 5;

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
        timer = setTimeout(resolve, PATIENCE_MS, { error: STORE_TIMED_OUT });
      });
      return await Promise.race([hung, Promise.resolve(use(store)).then((value) => ({ value }))]);
    } catch {
      return { error: STORE_UNAVAILABLE };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async send({ first, second, number }: Asked) {
      if (isAborted()) return { error: ABORTED };
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
        if (isAborted()) return { error: ABORTED };
        if (ends.signal.aborted) return { error: TIMED_OUT };
        const isOffline = globalThis.navigator?.onLine === false;
        return { error: isOffline ? OFFLINE : NETWORK };
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
      return isAborted() ? { error: ABORTED } : null;
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
        return { error: NOT_SUPPORTED };
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
        return credential ? { value: inJson(credential) } : { error: CANCELLED };
      } catch (error) {
        // The reason of an abort is the application's own value: only the signal tells.
        return { error: isAborted() ? CEREMONY_ABORTED : failure(error as Error, deadline) };
      }
    },
  };
}

/** What a failed ceremony means (WebAuthn Level 3, section 5.1.4). */
function failure({ name }: Error, deadline: number): number {
  switch (name) {
    case "AbortError":
      return CEREMONY_ABORTED;
    case "NotAllowedError":
      // Browsers tell a refusal and a deadline by the same name: the clock tells them apart.
      return Date.now() >= deadline ? CEREMONY_TIMED_OUT : CANCELLED;
    case "SecurityError":
      return WRONG_PARTY;
    case "TimeoutError":
      return CEREMONY_TIMED_OUT;
    case "NotSupportedError":
    case "ConstraintError":
    case "TypeError":
      return NOT_SUPPORTED;
    default:
      return FAILED;
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

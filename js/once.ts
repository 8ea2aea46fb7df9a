/**
 * Parts of the package that are loaded on demand.
 */
import { AuthError } from "./errors/auth-error.js";
import { within } from "./patience.js";

/** How long a server may take for a part, in milliseconds. */
const DEADLINE_MS = 30_000;

/** Loads a part once; a failure is forgotten, so that the next call tries again. */
export function once<P extends object, T>(
  load: () => Promise<P>,
  make: (part: P) => T,
): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= inTime(load())
      .then(make)
      .catch((cause: unknown) => {
        loading = undefined;
        throw cause;
      });
    return loading;
  };
}

/**
 * A part that is loading, for as long as a server may take. A browser keeps the import that hangs: the next call waits
 * for the same one, with a time of its own.
 */
export const inTime = <P extends object>(part: Promise<P>): Promise<P> =>
  within(part, DEADLINE_MS, undefined).then((loaded) => loaded ?? unavailable(), unavailable);

/** A part of the package that did not load; without a cause: not in time. */
export function unavailable(cause?: unknown): never {
  if (globalThis.navigator?.onLine === false)
    throw new AuthError("offline", { message: "this device is offline", retryable: true, cause });
  if (cause instanceof AuthError) throw cause;
  const detail = cause
    ? "after a deployment, reload the page"
    : "the server did not answer in time";
  throw new AuthError("wasmUnavailable", { detail, retryable: true, cause });
}

/** What work comes to, unless the application aborts it before. */
export function abortable<T>(
  signal: AbortSignal | null | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new AuthError("aborted"));
    if (signal?.aborted) return stop();
    signal?.addEventListener("abort", stop);
    work()
      .finally(() => signal?.removeEventListener("abort", stop))
      .then(resolve, reject);
  });
}

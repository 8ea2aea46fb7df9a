/**
 * Parts of the package that are loaded on demand.
 */
import { AuthError } from "./errors/auth-error.js";

/** Loads a part once; a failure is forgotten, so that the next call tries again. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      return unavailable(cause);
    });
    return loading;
  };
}

/** A part of the package that did not load. */
export function unavailable(cause: unknown): never {
  if (globalThis.navigator?.onLine === false)
    throw new AuthError("offline", { message: "this device is offline", retryable: true, cause });
  if (cause instanceof AuthError) throw cause;
  const detail = "after a deployment, reload the page";
  throw new AuthError("wasmUnavailable", { detail, retryable: true, cause });
}

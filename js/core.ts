/**
 * The WebAssembly core as the wrapper sees it: loaded once a page on first use, one instance a pool.
 */
import { AuthError, type CoreFailure, fromCore } from "./errors.js";
import type { Host } from "./host.js";
import initialize, { Core } from "./lifeguard.js";
import type { AuthOptions, WasmSource } from "./types.js";

/** Names of the core's operations: `src/bindings.rs` has the other side. */
export type Operation =
  | "prepare"
  | "signIn"
  | "answer"
  | "pendingSignIns"
  | "cancelSignIn"
  | "associateSoftwareToken"
  | "verifySoftwareToken"
  | "setMfaPreference"
  | "mfaPreference"
  | "authFactors"
  | "listDevices"
  | "getDevice"
  | "rememberDevice"
  | "notRememberDevice"
  | "forgetDevice"
  | "registerPasskey"
  | "listPasskeys"
  | "deletePasskey"
  | "signUp"
  | "confirmSignUp"
  | "resendConfirmationCode"
  | "forgotPassword"
  | "confirmForgotPassword"
  | "changePassword"
  | "attributes"
  | "updateAttributes"
  | "deleteAttributes"
  | "sendAttributeCode"
  | "verifyAttribute"
  | "deleteUser"
  | "credentials"
  | "sign"
  | "session"
  | "wake"
  | "signOut";

/** Loads the module once; a failure is forgotten, so that the next call tries again. */
let loading: Promise<unknown> | undefined;

function load(source?: WasmSource): Promise<unknown> {
  loading ??= instantiate(source).catch((cause: unknown) => {
    loading = undefined;
    throw cause;
  });
  return loading;
}

async function instantiate(source?: WasmSource): Promise<unknown> {
  if (typeof WebAssembly !== "object") throw new AuthError("wasmUnavailable");
  if (typeof globalThis.crypto?.getRandomValues !== "function")
    throw new AuthError("cryptoUnavailable");
  try {
    const given = (await source) ?? new URL("./lifeguard_bg.wasm", import.meta.url);
    const isAddress = typeof given === "string" || given instanceof URL;
    // One plain fetch instead of streaming: a server that sends the wrong type must not matter.
    const module = isAddress ? await bytesAt(given) : given;
    return await initialize({ module_or_path: module });
  } catch (cause) {
    throw cause instanceof AuthError ? cause : new AuthError("wasmUnavailable", { cause });
  }
}

async function bytesAt(address: string | URL): Promise<ArrayBuffer> {
  const reply = await fetch(address);
  if (!reply.ok) throw new AuthError("wasmUnavailable", { detail: `status ${reply.status}` });
  return reply.arrayBuffer();
}

/** Runs an operation of the core. */
export type Call = ReturnType<typeof connect>;

/**
 * Makes the function that runs the core's operations for one pool. `seen`: the stored record that
 * the page counts with so far.
 */
export function connect(options: AuthOptions, host: Host, seen: () => string | undefined) {
  let core: Core | undefined;

  return async function call<T>(
    operation: Operation,
    input: object = {},
    signal?: AbortSignal,
  ): Promise<T> {
    if (signal?.aborted) throw new AuthError("aborted");
    await load(options.wasm);
    try {
      core ??= new Core(
        {
          userPoolId: options.userPoolId,
          // Not in the types: the core says why to whoever passes one all the same.
          clientSecret: (options as { clientSecret?: unknown }).clientSecret !== undefined,
          clientId: options.clientId,
          endpoint: options.endpoint === undefined ? undefined : String(options.endpoint),
          identityPool: identityPool(options),
          timeoutMs: options.timeoutMs,
          resumeMs: resumeMs(options),
          keepsLegacy: options.legacyKeys === "keep",
          seen: seen(),
        },
        host,
      );
      const result = core.call(operation, input, signal) as Promise<T>;
      return await (signal ? Promise.race([result, aborted(signal)]) : result);
    } catch (failure) {
      if (failure instanceof WebAssembly.RuntimeError) {
        // A trap leaves the instance unusable; the session lives in the store, so a new one goes on.
        core = undefined;
        loading = undefined;
        throw new AuthError("internal", { cause: failure });
      }
      throw failure instanceof AuthError ? failure : fromCore(failure as CoreFailure);
    }
  };
}

/** Rejects when the application ends the call, whatever the core is waiting for. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new AuthError("aborted")), { once: true });
  });
}

/** How long a half-finished sign-in outlives the page: the service's default is three minutes. */
function resumeMs({ resumeSignIn }: AuthOptions): number | undefined {
  if (!resumeSignIn) return undefined;
  return (resumeSignIn === true ? 180 : resumeSignIn.validSeconds) * 1000;
}

function identityPool({ identityPool }: AuthOptions) {
  if (identityPool?.endpoint === undefined) return identityPool;
  return { ...identityPool, endpoint: String(identityPool.endpoint) };
}

/**
 * The WebAssembly core as the wrapper sees it: two modules, each loaded once a page on first use, one
 * instance a pool.
 */
import { AuthError } from "./auth-error.js";
import { type CoreFailure, fromCore } from "./errors.js";
import type { Host } from "./host.js";
import type { AuthOptions, WasmModule, WasmSource } from "./types.js";

/** Operations of the module that signs people in: `src/bindings/sign_in.rs` has the other side. */
export type SignInOperation = "prepare" | "signIn" | "answer" | "pendingSignIns" | "cancelSignIn";

/** Operations of the module for everything later: `src/bindings/account.rs`. */
export type AccountOperation =
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
  | "adminGetUser"
  | "adminUpdateUserAttributes"
  | "listUsers"
  | "sign"
  | "session"
  | "wake"
  | "signOut"
  | "settleLegacy";

/** Names of the core's operations. */
export type Operation = SignInOperation | AccountOperation;

/** Runs an operation of the core. */
export type Call = <T>(operation: Operation, input?: object, signal?: AbortSignal) => Promise<T>;

/** What the account module begins with: what the wrapper has seen of the session. */
export interface Known {
  /** The stored record that the page counts with; empty for none. */
  seen?: string | undefined;
  /** Where this page has stored that record itself. */
  heldIn?: string | undefined;
}

/** What a module's glue offers. */
interface Glue {
  default(input: { module_or_path: unknown }): Promise<unknown>;
  Core: new (
    config: object,
    host: Host,
  ) => { call(operation: string, input: unknown, signal?: AbortSignal | null): Promise<unknown> };
}

/**
 * Makes, of a module's glue and the address of its wasm, the function that connects to it: to run
 * its operations for one pool.
 */
export function connectTo(name: WasmModule, glue: Glue, address: () => URL) {
  let loading: Promise<unknown> | undefined;

  /** Loads the module once; a failure is forgotten, so that the next call tries again. */
  function load(options: AuthOptions): Promise<unknown> {
    loading ??= instantiate(glue, sourceOf(options.wasm, name) ?? address()).catch(
      (cause: unknown) => {
        loading = undefined;
        throw cause;
      },
    );
    return loading;
  }

  return function connect(options: AuthOptions, host: Host, known: () => Known): Call {
    let core: InstanceType<Glue["Core"]> | undefined;

    return async <T>(operation: Operation, input: object = {}, signal?: AbortSignal) => {
      if (signal?.aborted) throw new AuthError("aborted");
      await load(options);
      try {
        core ??= new glue.Core(
          {
            userPoolId: options.userPoolId,
            // Not in the types: the core says why to whoever passes one all the same.
            clientSecret: (options as { clientSecret?: unknown }).clientSecret !== undefined,
            clientId: options.clientId,
            endpoint: options.endpoint === undefined ? undefined : String(options.endpoint),
            timeoutMs: options.timeoutMs,
            resumeMs: resumeMs(options),
            identityPool: identityPool(options),
            keepsLegacy: options.legacyKeys === "keep",
            ...known(),
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
  };
}

/** Where the application says that a module is. */
function sourceOf(wasm: AuthOptions["wasm"], name: WasmModule): WasmSource | undefined {
  if (typeof wasm === "object" && ("signIn" in wasm || "account" in wasm)) return wasm[name];
  return name === "signIn" ? (wasm as WasmSource) : undefined;
}

async function instantiate(glue: Glue, source: WasmSource): Promise<unknown> {
  if (typeof WebAssembly !== "object") throw new AuthError("wasmUnavailable");
  if (typeof globalThis.crypto?.getRandomValues !== "function")
    throw new AuthError("cryptoUnavailable");
  try {
    const given = await source;
    const isAddress = typeof given === "string" || given instanceof URL;
    // One plain fetch instead of streaming: a server that sends the wrong type must not matter.
    const module = isAddress ? await bytesAt(given) : given;
    return await glue.default({ module_or_path: module });
  } catch (cause) {
    throw cause instanceof AuthError ? cause : new AuthError("wasmUnavailable", { cause });
  }
}

async function bytesAt(address: string | URL): Promise<ArrayBuffer> {
  const reply = await fetch(address);
  if (!reply.ok) throw new AuthError("wasmUnavailable", { detail: `status ${reply.status}` });
  return reply.arrayBuffer();
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

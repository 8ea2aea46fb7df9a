/**
 * The WebAssembly core as the wrapper sees it: two modules, each loaded once a page on first use, one
 * instance a pool.
 */
import { AuthError } from "../errors/auth-error.js";
import type { AuthOptions, WasmModule, WasmSource } from "../types/index.js";

/** Operations of the module that signs people in: `src/bindings/sign_in.rs` has the other side. */
export type SignInOperation = "prepare" | "signIn" | "answer" | "question";

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
  | "beginRedirect"
  | "finishRedirect"
  | "signOutUrl"
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

/** What every module exports besides its own. */
interface Exports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
}

/**
 * Loads a module once; a failure is forgotten, so that the next call tries again. `imports` and
 * `begin` are of its glue, which gets to know the instance by `begin`; `address`: where the wasm is.
 */
export function loader(
  name: WasmModule,
  imports: WebAssembly.Imports,
  begin: (exports: WebAssembly.Exports) => void,
  address: () => URL,
) {
  let loading: Promise<Exports> | undefined;
  let current: Exports | undefined;
  let module: WebAssembly.Module | undefined;

  /** Lets the next call begin with a new instance, and leaves nothing in the memory of this one. */
  function retire(): void {
    if (current) {
      new Uint8Array(current.memory.buffer).fill(0);
      // The glue looks anew for memory when what it knows is detached.
      current.memory.grow(0);
    }
    loading = current = undefined;
  }

  async function instantiate(source: WasmSource): Promise<Exports> {
    if (typeof WebAssembly !== "object") throw new AuthError("wasmUnavailable");
    if (typeof globalThis.crypto?.getRandomValues !== "function")
      throw new AuthError("cryptoUnavailable");
    try {
      module ??= await compiled(await source);
      const { exports } = await WebAssembly.instantiate(module, imports);
      begin(exports);
      current = exports as Exports;
      return current;
    } catch (cause) {
      loading = undefined;
      throw cause instanceof AuthError ? cause : new AuthError("wasmUnavailable", { cause });
    }
  }

  return {
    load(options: AuthOptions): Promise<Exports> {
      loading ??= instantiate(sourceOf(options.wasm, name) ?? address());
      return loading;
    },

    /** Whether this is the instance that the glue speaks to. */
    isCurrent: (loaded: Exports) => loaded === current,

    /** Runs code of the module. A trap leaves the instance unusable: the next call loads another. */
    guarded<T>(run: () => T): T {
      try {
        return run();
      } catch (cause) {
        retire();
        throw new AuthError("internal", { cause });
      }
    },

    retire,
  };
}

/** Where the application says that a module is. */
function sourceOf(wasm: AuthOptions["wasm"], name: WasmModule): WasmSource | undefined {
  if (typeof wasm === "object" && ("signIn" in wasm || "account" in wasm)) return wasm[name];
  return name === "signIn" ? (wasm as WasmSource) : undefined;
}

async function compiled(given: Awaited<WasmSource>): Promise<WebAssembly.Module> {
  if (given instanceof WebAssembly.Module) return given;
  // One plain fetch instead of streaming: a server that sends the wrong type must not matter.
  const reply = typeof given === "string" || given instanceof URL ? await fetch(given) : given;
  if (!(reply instanceof Response)) return WebAssembly.compile(reply);
  if (!reply.ok) throw new AuthError("wasmUnavailable", { detail: `status ${reply.status}` });
  return WebAssembly.compile(await reply.arrayBuffer());
}

/** The result, unless the application ends the call before, whatever the core is waiting for. */
export function race<T>(result: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return result;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new AuthError("aborted")), { once: true });
  });
  return Promise.race([result, aborted]);
}

/** What the application set, as both modules take it. */
export function configOf(options: AuthOptions): object {
  return {
    userPoolId: options.userPoolId,
    // Not in the types: the core says why to whoever passes one all the same.
    clientSecret: (options as { clientSecret?: unknown }).clientSecret !== undefined,
    clientId: options.clientId,
    endpoint: options.endpoint === undefined ? undefined : String(options.endpoint),
    timeoutMs: options.timeoutMs,
  };
}

/**
 * The core of one pool: every operation by name. One file, loaded on first use; nothing that a refresh
 * or a sign-out needs is loaded later.
 */
import type { Host } from "../effects/host.js";
import { AuthError } from "../errors/auth-error.js";
import type { AuthOptions } from "../types/index.js";
import { compile, isLoaded } from "./load.js";
import type { Call, Operation } from "./operations.js";
import { type Begun, type Context, type CoreState, run } from "./run.js";

export { lock } from "../effects/locks.js";
export { authError, fromCore } from "../errors/codes.js";
export { compile };
export type { Call, CoreState, Operation };

/** What an application holds of the core. */
export interface Core {
  call: Call;
  /** What the page remembers, as it is now. */
  readonly state: CoreState;
  /** Changes what the page remembers. */
  update(change: Partial<CoreState>): void;
  /** Whether calls need no further file. */
  isLoaded(): boolean;
  /** Loads what every call needs, and does the arithmetic of the next sign-in where one is likely. */
  preload(): Promise<void>;
}

/** An ephemeral that was made ahead of time: the next sign-in with a password takes it, of any pool. */
let spare: object | undefined;
let preparing: Promise<void> | undefined;

export function createCore(
  options: AuthOptions,
  host: Host,
  // The core's events are what its own code says they are: the session knows their form.
  notify: (event: never) => void,
  /** Looks whether somebody may be signed in. */
  find: () => unknown = () => null,
): Core {
  const config = configOf(options);
  const source = options.wasm ?? host.file;
  const context: Context = {
    host,
    source,
    state: {},
    notify: notify as Context["notify"],
  };
  const shared = new Map<string, Promise<unknown>>();
  let isEager = false;

  async function prepare(): Promise<void> {
    if (spare) return;
    const begun: Begun = { config, operation: "prepare", input: {} };
    preparing ??= run<{ spare: object }>(context, begun)
      .then((made) => {
        spare = made.spare;
      })
      .finally(() => {
        preparing = undefined;
      });
    await preparing;
  }

  async function start<T>(operation: Operation, input: object, signal?: AbortSignal): Promise<T> {
    const isSignIn = operation === "signIn" || operation === "answer";
    const begun = { config, operation, input: withContext(options, input) };
    if (isSignIn && hasPassword(input) && spare) {
      begun.input = { ...begun.input, spare };
      spare = undefined;
    }
    let isSignedIn = false;
    try {
      const result = await run<T>(context, begun, signal);
      isSignedIn = (result as { status?: string } | null)?.status === "signedIn";
      return result;
    } finally {
      // The next attempt, or the answer to a challenge, shall find the arithmetic done.
      if (isSignIn && isEager && !isSignedIn) setTimeout(() => prepare().catch(() => {}));
    }
  }

  /** Calls that want the same refresh share one. */
  function share<T>(input: object): Promise<T> {
    const key = JSON.stringify(input);
    const current = shared.get(key);
    if (current) return current as Promise<T>;
    const begun = start<T>("session", input).finally(() => shared.delete(key));
    shared.set(key, begun);
    return begun;
  }

  return {
    call<T>(operation: Operation, input: object = {}, signal?: AbortSignal) {
      if (signal?.aborted) return Promise.reject(new AuthError("aborted"));
      const result = operation === "session" ? share<T>(input) : start<T>(operation, input, signal);
      return race(result, signal);
    },
    get state() {
      return context.state;
    },
    update(change) {
      context.state = { ...context.state, ...change };
    },
    isLoaded,
    async preload() {
      await compile(source);
      if (await find()) return;
      isEager = true;
      await prepare();
    },
  };
}

/** The result, unless the application aborts the call before. */
export function race<T>(result: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return result;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new AuthError("aborted"));
    signal.addEventListener("abort", stop);
  });
  return Promise.race([result, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

function hasPassword(input: object): boolean {
  const { password, answer } = input as { password?: unknown; answer?: { password?: unknown } };
  return password !== undefined || answer?.password !== undefined;
}

/** The configuration as the core takes it. */
function configOf(options: AuthOptions): object {
  const { userPoolId, clientId, endpoint, timeoutMs, identityPool } = options;
  return {
    userPoolId,
    clientId,
    // Not in the types: the core says why to whoever passes one all the same.
    clientSecret: (options as { clientSecret?: unknown }).clientSecret !== undefined,
    endpoint: endpoint === undefined ? undefined : String(endpoint),
    timeoutMs,
    identityPool: identityPool && {
      ...identityPool,
      endpoint: identityPool.endpoint && String(identityPool.endpoint),
    },
    keepsLegacy: options.legacyKeys === "keep",
    sharesStore: typeof options.storage === "object" && options.storage.shared === true,
    deviceName: globalThis.navigator?.userAgent?.slice(0, 1024) || "browser",
  };
}

/** Global of the service's threat-protection script. */
interface ContextDataGlobal {
  AmazonCognitoAdvancedSecurityData?: {
    getData(username: string, userPoolId: string, clientId: string): string | undefined;
  };
}

/** The input with the data of the service's threat-protection script, where the page has it. */
function withContext({ userPoolId, clientId }: AuthOptions, input: object): object {
  const { username } = input as { username?: unknown };
  if (typeof username !== "string") return input;
  const script = (globalThis as ContextDataGlobal).AmazonCognitoAdvancedSecurityData;
  try {
    const userContextData = script?.getData(username, userPoolId, clientId) || undefined;
    return { userContextData, ...input };
  } catch {
    return input;
  }
}

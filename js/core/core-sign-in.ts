/**
 * The module that signs people in, with its glue and the address of its WebAssembly. It runs in steps:
 * each ends with something to do on the page, or with the call's result. Its memory goes with the last
 * call under way.
 */
import { configOf, loader, race } from "./core.js";
import type { Call, Operation } from "./core.js";
import { type Asked, createEffects } from "../effects/effects.js";
import { AuthError } from "../errors/auth-error.js";
import { type CoreFailure, fromCore } from "../errors/codes.js";
import type { Host } from "../effects/host.js";
import { begin, imports, prepare, step as take } from "../lifeguard-sign-in.js";
import type { AuthOptions } from "../types/index.js";

/** How far a call has come: `src/bindings/sign_in.rs`. */
interface State {
  /** What to tell others, in this order. */
  told: { notify?: string; broadcast?: string; unlock?: string }[];
  /** What to do, and for which job. */
  asked?: Asked;
  job?: number;
  done?: unknown;
  failed?: CoreFailure;
}

const module = loader(
  "signIn",
  imports,
  begin,
  () => new URL("../lifeguard-sign-in_bg.wasm", import.meta.url),
);

/** Calls under way, of all pools. */
let running = 0;
/** Whether the instance has seen what must not stay in memory: it goes when no call is under way. */
let isSpent = false;
/** Whether the page wants the next sign-in prepared. */
let isEager = false;

export function connect(options: AuthOptions, host: Host): Call {
  const config = configOf(options);

  async function run<T>(operation: Operation, input: object, signal?: AbortSignal): Promise<T> {
    const effects = createEffects(host, signal);
    const loaded = await module.load(options);
    running += 1;
    function guarded<R>(use: () => R): R {
      // After a trap there is another instance, which knows nothing of this call.
      if (!module.isCurrent(loaded)) throw new AuthError("internal");
      return module.guarded(use);
    }
    const step = (job: number, message: unknown): State =>
      JSON.parse(guarded(() => take(job, JSON.stringify(message))));
    let isSignedIn = false;
    try {
      const isPreparing = operation === "prepare";
      isSpent ||= !isPreparing;
      let state = step(0, { config, operation, input, deviceName: host.deviceName() });
      for (;;) {
        for (const { notify, broadcast, unlock } of state.told) {
          if (notify) host.notify(notify);
          if (broadcast) host.broadcast(broadcast);
          if (unlock !== undefined) effects.unlock();
        }
        if (state.failed) throw fromCore(state.failed);
        if (!state.asked) {
          isSignedIn = (state.done as { status?: string } | null)?.status === "signedIn";
          isEager ||= isPreparing;
          // In slices, so that the page stays alive on a slow device.
          while (isPreparing && !guarded(prepare))
            await new Promise((resolve) => setTimeout(resolve));
          return state.done as T;
        }
        const answer = await (effects[state.asked.what] as (asked: Asked) => unknown)(state.asked);
        state = step(state.job as number, answer);
      }
    } finally {
      effects.unlock();
      running -= 1;
      if (isSpent && running === 0) {
        // SECURITY: nothing of a call stays in memory, which the core neither frees nor wipes.
        if (module.isCurrent(loaded)) module.retire();
        isSpent = false;
        // The next attempt, or what follows a question, shall find the arithmetic done as the first did.
        if (isEager && !isSignedIn) setTimeout(() => run("prepare", {}).catch(() => {}));
      }
    }
  }

  return <T>(operation: Operation, input: object = {}, signal?: AbortSignal) => {
    if (signal?.aborted) return Promise.reject(new AuthError("aborted"));
    return race(run<T>(operation, withContext(options, host, input), signal), signal);
  };
}

/** The call's input with the data of the service's threat-protection script, where that is on the page. */
function withContext({ userPoolId, clientId }: AuthOptions, host: Host, input: object): object {
  const { username } = input as { username?: unknown };
  if (typeof username !== "string") return input;
  return { userContextData: host.contextData(username, userPoolId, clientId), ...input };
}

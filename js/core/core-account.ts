/**
 * The module for everything after a sign-in, with its glue and the address of its WebAssembly.
 */
import type { Call, Known, Operation } from "./core.js";
import { configOf, loader, race } from "./core.js";
import { AuthError } from "../errors/auth-error.js";
import { type CoreFailure, fromCore } from "../errors/codes.js";
import type { Host } from "../effects/host.js";
import { cookiesOf } from "../session/other-libraries.js";
import { begin, Core, imports } from "../lifeguard-account.js";
import type { AuthOptions } from "../types/index.js";

const module = loader(
  "account",
  imports,
  begin,
  () => new URL("../lifeguard-account_bg.wasm", import.meta.url),
);

export function connect(options: AuthOptions, host: Host, known: () => Known): Call {
  let core: Core | undefined;

  return async <T>(operation: Operation, input: object = {}, signal?: AbortSignal) => {
    if (signal?.aborted) throw new AuthError("aborted");
    await module.load(options);
    try {
      core ??= new Core(
        {
          ...configOf(options),
          identityPool: identityPool(options),
          keepsLegacy: options.legacyKeys === "keep",
          ...known(),
        },
        Object.create(host, { cookies: { value: cookiesOf(host) } }),
      );
      return await race(core.call(operation, input, signal) as Promise<T>, signal);
    } catch (failure) {
      if (failure instanceof WebAssembly.RuntimeError) {
        // A trap leaves the core unusable; the session lives in the store, so a new one goes on.
        core = undefined;
        throw new AuthError("internal", { cause: failure });
      }
      throw failure instanceof AuthError ? failure : fromCore(failure as CoreFailure);
    }
  };
}

function identityPool({ identityPool }: AuthOptions) {
  if (identityPool?.endpoint === undefined) return identityPool;
  return { ...identityPool, endpoint: String(identityPool.endpoint) };
}

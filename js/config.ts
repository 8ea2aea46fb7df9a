/** What the application set, as the core takes it. Loaded with the core. */
import type { AuthOptions } from "./types.js";

/** What both modules want to know of the application. */
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

/**
 * What `createAuth` can tell at once: the usual cause is an environment variable that is not set.
 */
import { AuthError } from "./errors/auth-error.js";
import type { AuthOptions } from "./types/index.js";

/** @throws AuthError `misuse`, with the fix. */
export function checkOptions(options: AuthOptions): void {
  const { userPoolId, clientId, endpoint, fetch } = options ?? {};
  // As `Pool::parse`: a local pool may call its region anything.
  const pool =
    endpoint === undefined ? /^[a-z\d]*-[a-z\d-]*_[A-Za-z\d]+$/ : /^[a-z\d-]+_[A-Za-z\d]+$/;
  check("userPoolId", userPoolId, pool, "like eu-west-1_Ab12Cd34E");
  check("clientId", clientId, /^[\w+]{1,128}$/, "letters and digits only");
  if (endpoint !== undefined) checkAddress("endpoint", endpoint);
  for (const address of fetch?.allow ?? []) checkAddress("fetch.allow", address);
}

function check(name: string, value: unknown, pattern: RegExp, form: string): void {
  if (typeof value === "string" && pattern.test(value)) return;
  fail(value ? `${name} must be ${form}` : `${name} is missing`);
}

/** `allow-list.ts` is loaded with what uses it, and says the same. */
function checkAddress(name: string, value: string | URL): void {
  const local =
    /^http:\/\/(localhost|[^/?#@]+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?([/?#]|$)/i;
  if (!/^https:\/\/[^/?#]/i.test(String(value)) && !local.test(String(value)))
    fail(`${name} takes absolute https addresses (http on localhost)`);
}

function fail(detail: string): never {
  throw new AuthError("misuse", { detail });
}

/**
 * What `createAuth` can tell at once: the usual cause is an environment variable that is not set.
 */
import { AuthError } from "./errors/auth-error.js";
import { readAllowed } from "./http/allow-list.js";
import type { AuthOptions } from "./types/index.js";

/** @throws AuthError `misuse`, with the fix. */
export function checkOptions(options: AuthOptions): void {
  const { userPoolId, clientId, endpoint, fetch } = options ?? {};
  // As `Pool::parse`: a local pool may call its region anything.
  const pool = endpoint === undefined ? /^[a-z\d]*-[a-z\d-]*_[A-Za-z\d]+$/ : /^[a-z\d-]+_[A-Za-z\d]+$/;
  check("userPoolId", userPoolId, pool, "region_name, for instance eu-west-1_Ab12Cd34E");
  check("clientId", clientId, /^[\w+]{1,128}$/, "the id of an app client: letters and digits only");
  if (endpoint !== undefined) readAllowed([String(endpoint)], "endpoint");
  if (fetch) readAllowed(fetch.allow ?? [], "fetch.allow");
}

function check(name: string, value: unknown, pattern: RegExp, form: string): void {
  if (typeof value === "string" && pattern.test(value)) return;
  const detail = value ? `${name} must be ${form}` : `${name} is missing`;
  throw new AuthError("misuse", { detail });
}

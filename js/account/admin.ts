/**
 * Other people's accounts, for an administrator's page. Loaded apart: `lifeguard-cognito/admin`.
 *
 * @packageDocumentation
 */
import type { Operation } from "../core/operations.js";
import { AuthError } from "../errors/auth-error.js";
import { createHost } from "../effects/host.js";
import { abortable, once } from "../once.js";
import type { AuthOptions, CallOptions } from "../types/index.js";
import type { Admin, AdminOptions, AdminUserDetail, UserPage } from "../types/admin.js";

export { AuthError } from "../errors/auth-error.js";
export type { AuthErrorCode } from "../errors/codes.js";
export type * from "../types/admin.js";

/**
 * An administrator's calls for one user pool. Does nothing until its first call.
 *
 * @example
 * const admin = createAdmin({ userPoolId, credentials: auth.credentials });
 * for await (const user of admin.listUsers({ filter: { attribute: "email", startsWith: "a" } })) …
 */
export function createAdmin({ credentials, wasm, ...rest }: AdminOptions): Admin {
  // No app client and no session have a part in these calls; the core knows pools by both.
  const options: AuthOptions = { ...rest, clientId: "admin", storage: "memory" };
  if (wasm) options.wasm = wasm;
  const load = once(
    () => import("../core/core.js"),
    ({ createCore }) => createCore(options, createHost(options), () => {}).call,
  );

  const run = <T>(operation: Operation, { signal, ...input }: CallOptions): Promise<T> =>
    abortable(signal, async () => {
      const call = await load();
      const source = credentials;
      if (typeof source === "object")
        return call<T>(operation, { ...input, credentials: source }, signal);
      try {
        return await call<T>(operation, { ...input, credentials: await source() }, signal);
      } catch (error) {
        if (!(error instanceof AuthError) || error.code !== "credentialsRefused") throw error;
        const others = await source({ forceRefresh: true });
        return call<T>(operation, { ...input, credentials: others }, signal);
      }
    });

  const listUsersPage: Admin["listUsersPage"] = (input = {}) => run<UserPage>("listUsers", input);

  return {
    adminGetUser: (input) => run<AdminUserDetail>("adminGetUser", input),
    async adminUpdateUserAttributes(input) {
      await run("adminUpdateUserAttributes", input);
    },
    async *listUsers(input = {}) {
      let next: string | undefined;
      do {
        const page: UserPage = await listUsersPage(next === undefined ? input : { ...input, next });
        yield* page.users;
        next = page.next;
      } while (next !== undefined);
    },
    listUsersPage,
  };
}

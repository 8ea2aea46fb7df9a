// Compiled, never run: an administrator's page.
import type { Auth } from "lifeguard-cognito";
import { type AdminUser, AuthError, createAdmin } from "lifeguard-cognito/admin";
import { expectType } from "./expect.js";

export async function administer(auth: Auth): Promise<void> {
  const admin = createAdmin({ userPoolId: "eu-west-1_Ab12Cd34E", credentials: auth.credentials });
  createAdmin({
    userPoolId: "eu-west-1_Ab12Cd34E",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "s" },
  });

  const user = await admin.adminGetUser({ username: "ada" });
  expectType<string | undefined>(user.attributes["custom:role"]);
  expectType<boolean | undefined>(user.enabled);
  await admin.adminUpdateUserAttributes({
    username: "ada",
    attributes: { email: "ada@example.com", email_verified: true },
  });

  for await (const found of admin.listUsers({ filter: { attribute: "email", startsWith: "a" } }))
    expectType<AdminUser>(found);
  const { users, next } = await admin.listUsersPage({ limit: 10 });
  if (next) await admin.listUsersPage({ next });
  expectType<AdminUser[]>(users);
  // @ts-expect-error one or the other
  admin.listUsers({ filter: { attribute: "email", equals: "a", startsWith: "a" } });
  // @ts-expect-error custom attributes are not searchable
  admin.listUsers({ filter: { attribute: "custom:role", equals: "a" } });

  if (new Error() instanceof AuthError) throw new Error();
}

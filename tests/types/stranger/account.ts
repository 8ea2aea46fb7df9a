// Compiled, never run: what an application may rely on when people look after their accounts.
import {
  type AttributeOutcome,
  type Auth,
  AuthError,
  type PasswordRule,
  passwordRules,
} from "lifeguard-cognito";
import { expectType } from "./expect.js";

export async function manage(auth: Auth): Promise<void> {
  const attributes = await auth.attributes.get();
  expectType<string | undefined>(attributes.email);
  expectType<boolean | undefined>(attributes.email_verified);
  expectType<string | undefined>(attributes["custom:role"]);
  // @ts-expect-error no such attribute
  attributes.emial;

  const changed = await auth.attributes.update({
    attributes: { email: "ada@example.com", "custom:role": "editor" },
    clientMetadata: { page: "account" },
  });
  expectType<AttributeOutcome>(changed["custom:role"]);
  if (changed.email.status === "confirmWithCode") {
    expectType<string | undefined>(changed.email.codeDelivery.destination);
    await auth.attributes.verify({ name: "email", code: "123456" });
  }
  // @ts-expect-error not among those that were changed
  changed.name;
  // @ts-expect-error the service keeps this one
  await auth.attributes.update({ attributes: { email_verified: true } });
  await auth.attributes.delete({ names: ["nickname", "custom:role"] });
  const { codeDelivery } = await auth.attributes.sendCode({ name: "phone_number" });
  expectType<"SMS" | "EMAIL" | undefined>(codeDelivery?.medium);
  // @ts-expect-error a name has no code
  await auth.attributes.sendCode({ name: "name" });

  await auth.changePassword({ previousPassword: "old", newPassword: "new" });
  await auth.changePassword({ newPassword: "first" });
  await auth.deleteUser();
}

export function open(password: string, error: unknown): PasswordRule[] {
  let rules = passwordRules({ minimumLength: 8, requireNumbers: true });
  if (error instanceof AuthError) rules = passwordRules(error, { refused: password, known: rules });
  return rules.filter((rule) => !rule.check(password));
}

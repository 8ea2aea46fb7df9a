// Compiled, never run: what an application may rely on when it manages factors, devices, passkeys.
import { type Auth, otpauthUri } from "lifeguard-cognito";
import { expectType } from "./expect.js";

export async function manage(auth: Auth): Promise<void> {
  const { secretCode } = await auth.mfa.setUpTotp();
  expectType<string>(otpauthUri({ secretCode, issuer: "Shop", account: "ada" }));
  await auth.mfa.verifyTotp({ code: "123456", friendlyDeviceName: "phone" });
  await auth.mfa.setPreference({ totp: "preferred", sms: false });
  // @ts-expect-error a passkey cannot be preferred
  await auth.mfa.setPreference({ passkey: "preferred" });
  const { preferred, firstFactors } = await auth.mfa.factors();
  expectType<string | undefined>(preferred);
  expectType<string[]>(firstFactors);

  const { devices, next } = await auth.devices.list({ limit: 10 });
  for (const { deviceKey, isThis } of devices)
    if (!isThis) await auth.devices.forget({ deviceKey });
  if (next) await auth.devices.list({ next });
  await auth.devices.remember();

  const { autofill } = await auth.passkeys.capabilities();
  expectType<boolean>(autofill && auth.passkeys.isSupported());
  await auth.passkeys.register({ signal: AbortSignal.timeout(60_000) });
  const { passkeys } = await auth.passkeys.list();
  for (const { credentialId } of passkeys) await auth.passkeys.delete({ credentialId });
  // @ts-expect-error which one must be said
  await auth.passkeys.delete();
}

// Compiled, never run: sessions, stores and what the other calls return.
import { createAuth, type Session, type StorageAdapter, type User } from "lifeguard-cognito";
import { expectType } from "./expect.js";

const store: StorageAdapter = {
  getItem: (key) => key,
  setItem: async () => {},
  removeItem: () => {},
};
const auth = createAuth({
  userPoolId: "eu-west-1_Ab12Cd34E",
  clientId: "1example",
  endpoint: new URL("http://localhost:9320"),
  storage: store,
});
createAuth({
  userPoolId: "eu-west-1_Ab12Cd34E",
  clientId: "1example",
  storage: "session",
  wasm: new ArrayBuffer(8),
});
// @ts-expect-error no such store
createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example", storage: "cloud" });

export async function use(): Promise<void> {
  const session = await auth.session();
  expectType<Session | null>(session);
  if (session) {
    expectType<string>(session.accessToken);
    expectType<string | undefined>(session.idToken);
    expectType<number>(session.expiresAt);
    expectType<unknown>(session.user.claims["custom:role"]);
  }
  expectType<string | null>(await auth.getAccessToken());
  expectType<User | null>(await auth.user());
  expectType<boolean>((await auth.signOut()).revoked);

  const signedUp = await auth.signUp({
    username: "ada",
    password: "x",
    attributes: { email: "ada@example.com" },
  });
  expectType<"confirmed" | "confirmationRequired">(signedUp.status);
  expectType<string | undefined>(signedUp.codeDelivery?.destination);
}

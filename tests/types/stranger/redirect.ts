// Compiled, never run: what an application may rely on when people sign in through the pool's domain.
import { type Auth, AuthError, createAuth, type RedirectResult } from "lifeguard-cognito";
import { relay } from "lifeguard-cognito/bridge";
import { expectType } from "./expect.js";

export const auth: Auth = createAuth({
  userPoolId: "eu-west-1_Ab12Cd34E",
  clientId: "1example",
  oauth: { domain: "login.example.com", redirectUris: ["https://app.example.com/"] },
});

export async function start(): Promise<void> {
  try {
    const result = await auth.handleRedirect();
    if (result) {
      expectType<string | undefined>(result.returnTo);
      expectType<unknown>(result.appState);
      expectType<string>(result.user.sub);
    }
  } catch (error) {
    if (error instanceof AuthError && error.code === "redirectCancelled")
      expectType<string | undefined>(error.redirect?.returnTo);
  }
  const never = auth.signInWithRedirect({ provider: "Google", returnTo: "/", appState: { n: 1 } });
  expectType<Promise<never>>(never);
  expectType<RedirectResult>(await auth.signInWithPopup({ identityProvider: "Company" }));
  expectType<RedirectResult>(await auth.silentSignIn({ mode: "frame" }));
  expectType<string>(await auth.signUpUrl());
  const { revoked } = await auth.signOutWithRedirect({ backToSignIn: { lang: "fr" } });
  expectType<boolean>(revoked);
  expectType<boolean>(await relay());
  // @ts-expect-error no such provider: others go by identityProvider
  void auth.signInWithRedirect({ provider: "Company" });
  // @ts-expect-error the bridge page is where it arrives
  void auth.signInWithPopup({ redirectUri: "https://app.example.com/" });
}

// @ts-expect-error addresses must be listed
createAuth({ userPoolId: "a-b_c", clientId: "x", oauth: { domain: "login.example.com" } });

import type { SignInResult } from "lifeguard-cognito";
import type { App } from "../view";

/** Goes where a sign-in, or the answer to a challenge, leads. */
export function follow(app: App, result: SignInResult): void {
  if (result.status === "signedIn") app.go({ name: "signedIn" });
  else app.go({ name: "challenge", challenge: result.challenge });
}

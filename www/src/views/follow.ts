import type { SignInResult } from "lifeguard-cognito";
import type { App } from "../view";

/** Goes where a sign-in, or the answer to a challenge, leads. */
export function follow(app: App, result: SignInResult): void {
  if (result.status === "signedIn") {
    app.ways = [];
    app.go({ name: "signedIn", askToRemember: result.deviceConfirmation !== undefined });
    return;
  }
  const { challenge } = result;
  if (challenge.name === "SELECT_CHALLENGE") app.ways = challenge.options;
  app.go({ name: "challenge", challenge });
}

import type { SignInResult } from "lifeguard-cognito";
import { announce } from "../announce";
import { h } from "../dom";
import { codeField } from "../fields";
import { form } from "../form";
import { codeWentTo, links, notice, textButton } from "../parts";
import type { App, Place, View } from "../view";
import { follow } from "./follow";

/** The code that proves a new account's address. */
export function confirmSignUpView(app: App, place: Extract<Place, { name: "confirmSignUp" }>): View {
  const { username } = place;
  const intro = h("p", { class: "lead", "data-testid": "delivery" }, place.notice ? "" : codeWentTo(place.delivery));
  const code = codeField();
  const resend = textButton("Send a new code", "resend", () => {
    void made.perform("Sending a new code…", async (signal) => {
      const sent = await app.auth.resendConfirmationCode({ username, signal });
      intro.textContent = `${codeWentTo(sent.codeDelivery)} Older codes no longer work.`;
      announce(intro.textContent);
      code.input.focus();
    });
  });
  const made = form({
    testId: "confirm-form",
    fields: [code],
    submit: "Confirm account",
    busy: "Confirming…",
    run: async (signal) => {
      const result = await app.auth.confirmSignUp({
        username,
        code: code.input.value.trim(),
        ...(place.session !== undefined && { session: place.session }),
        signal,
      });
      await enter(app, username, result.session, signal);
    },
    extra: [h("p", { class: "aside" }, "Nothing arrived? ", resend)],
  });
  return {
    title: "Confirm your account",
    testId: "view-confirm-sign-up",
    content: [
      ...notice(place.notice),
      h("p", { class: "who" }, "Account: ", h("strong", {}, username)),
      intro,
      made.element,
      links("Changed your mind?", "#sign-in", "Back to sign-in", "to-sign-in"),
    ],
    focus: code.input,
    leave: made.cancel,
  };
}

/** Signs in with the session of the confirmation where the pool allows it; else by password. */
async function enter(app: App, username: string, session: string | undefined, signal: AbortSignal): Promise<void> {
  const result = session === undefined ? null : await app.auth.signIn({ username, session, signal }).catch(() => null);
  if (result && !asksForPassword(result)) {
    follow(app, result);
    return;
  }
  // The account is confirmed all the same: the ordinary way in is the shortest then.
  if (result?.status === "challenge") void app.auth.cancelChallenge(result.challenge).catch(() => undefined);
  app.go({ name: "signIn", username, notice: "Your account is confirmed. Sign in to dive in." });
}

function asksForPassword(result: SignInResult): boolean {
  return result.status === "challenge" && result.challenge.name === "SELECT_CHALLENGE" && result.challenge.options.includes("PASSWORD");
}

import type { PasswordChallenge } from "lifeguard-cognito";
import { passwordField } from "../../fields";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** The password, once it was chosen as the way in. */
export function passwordView(app: App, challenge: PasswordChallenge): View {
  const password = passwordField({
    name: "password",
    label: "Password",
    autocomplete: "current-password",
    missing: "Enter your password.",
  });
  return questionView(app, challenge, {
    title: "Enter your password",
    lead: [challenge.name === "PASSWORD_SRP" ? "Only a proof of it is sent, never the password." : "It is sent over the encrypted connection."],
    fields: [password],
    submit: "Sign in",
    busy: "Signing in…",
    answer: (question, signal) => app.auth.answerChallenge(question, { password: password.input.value, signal }),
  });
}

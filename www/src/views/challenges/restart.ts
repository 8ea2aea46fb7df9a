import type { RestartChallenge } from "lifeguard-cognito";
import { passwordField } from "../../fields";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** The sign-in took too long: it begins again, without the name being typed again. */
export function restartView(app: App, challenge: RestartChallenge): View {
  const password = passwordField({
    name: "password",
    label: "Password",
    autocomplete: "current-password",
    required: false,
    hint: "Leave it empty if you sign in without one.",
  });
  return questionView(app, challenge, {
    title: "Once more, please",
    lead: ["The tide was faster: the sign-in took too long and begins again."],
    fields: [password],
    submit: "Begin again",
    busy: "One moment…",
    answer: (question, signal) =>
      app.auth.answerChallenge(question, { ...(password.input.value && { password: password.input.value }), signal }),
  });
}

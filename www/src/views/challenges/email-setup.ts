import type { EmailSetupChallenge } from "lifeguard-cognito";
import { field } from "../../fields";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** The address that codes go to from now on. */
export function emailSetupView(app: App, challenge: EmailSetupChallenge): View {
  const email = field({
    name: "email",
    label: "E-mail",
    type: "email",
    inputmode: "email",
    autocomplete: "email",
    missing: "Enter an e-mail address.",
  });
  return questionView(app, challenge, {
    title: "Codes by e-mail",
    lead: ["Each time you sign in, a code goes to this address."],
    fields: [email],
    submit: "Send me a code",
    busy: "Sending a code…",
    answer: (question, signal) => app.auth.answerChallenge(question, { email: email.input.value, signal }),
  });
}

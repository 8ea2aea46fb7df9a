import type { SoftwareTokenChallenge } from "lifeguard-cognito";
import { codeField } from "../../fields";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** The code of an authenticator app. */
export function totpView(app: App, challenge: SoftwareTokenChallenge): View {
  const code = codeField({ hint: "Six digits, a new one every 30 seconds." });
  const entry = challenge.friendlyDeviceName;
  return questionView(app, challenge, {
    title: "Open your authenticator app",
    lead: [entry ? `Enter the code it shows for “${entry}”.` : "Enter the code it shows for this account."],
    fields: [code],
    submit: "Continue",
    answer: (question, signal) => app.auth.answerChallenge(question, { code: code.input.value.trim(), signal }),
  });
}

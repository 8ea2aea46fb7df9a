import type { SoftwareTokenSetupChallenge } from "lifeguard-cognito";
import { codeField, field } from "../../fields";
import { totpKey } from "../../totp";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** A secret for an authenticator app, and its first code. */
export function totpSetupView(app: App, challenge: SoftwareTokenSetupChallenge): View {
  const code = codeField({ label: "Code that the app shows" });
  const name = field({
    name: "friendlyDeviceName",
    label: "Name of this app",
    autocomplete: "off",
    required: false,
    hint: "So that you recognize it later.",
    testId: "friendly-name",
  });
  return questionView(app, challenge, {
    title: "Set up an authenticator app",
    lead: ["Scan this picture with the app on your phone, or type the key by hand."],
    above: [totpKey(challenge.username, challenge.secretCode)],
    fields: [code, name],
    submit: "Finish set-up",
    answer: (question, signal) =>
      app.auth.answerChallenge(question, {
        code: code.input.value.trim(),
        ...(name.input.value && { friendlyDeviceName: name.input.value }),
        signal,
      }),
  });
}

import type { CodeChallenge } from "lifeguard-cognito";
import { codeField } from "../../fields";
import { codeWentTo } from "../../parts";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** A code that was sent by mail or text message. */
export function codeView(app: App, challenge: CodeChallenge): View {
  const code = codeField();
  return questionView(app, challenge, {
    title: "Enter your code",
    lead: [codeWentTo(challenge)],
    fields: [code],
    submit: "Continue",
    answer: (question, signal) => app.auth.answerChallenge(question, { code: code.input.value.trim(), signal }),
  });
}

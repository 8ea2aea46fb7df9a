import type { CustomChallenge } from "lifeguard-cognito";
import { codeField } from "../../fields";
import type { App, View } from "../../view";
import { parameterList, questionView } from "./shared";

/** A question of the pool's own making. */
export function customView(app: App, challenge: CustomChallenge): View {
  const answer = codeField({ name: "answer", label: "Your answer", inputmode: "text", missing: "Enter an answer." });
  const asked = challenge.parameters["question"];
  return questionView(app, challenge, {
    title: "A question for you",
    lead: [asked ?? "This pool asks something of its own."],
    above: asked === undefined ? [parameterList(challenge.parameters)] : [],
    fields: [answer],
    submit: "Answer",
    answer: (question, signal) => app.auth.answerChallenge(question, { answer: answer.input.value, signal }),
  });
}

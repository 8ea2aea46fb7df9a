import type { OtherChallenge } from "lifeguard-cognito";
import { field } from "../../fields";
import type { App, View } from "../../view";
import { parameterList, questionView } from "./shared";

/** A question this version does not know: shown as it came, answered by name and value. */
export function otherView(app: App, challenge: OtherChallenge): View {
  const name = field({ name: "responseName", label: "Name of the response", autocomplete: "off", value: "ANSWER", testId: "response-name" });
  const value = field({ name: "responseValue", label: "Response", autocomplete: "off", testId: "response-value" });
  return questionView(app, challenge, {
    title: "A question this page does not know",
    lead: [`The pool asks “${challenge.challengeName}”. It can be answered all the same.`],
    above: [parameterList(challenge.parameters)],
    fields: [name, value],
    focus: value.input,
    submit: "Answer",
    answer: (question, signal) =>
      app.auth.answerChallenge(question, { responses: { [name.input.value]: value.input.value }, signal }),
  });
}

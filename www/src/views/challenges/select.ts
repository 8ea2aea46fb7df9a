import type { Challenge, MfaSetupChallenge, SelectChallenge, SelectMfaChallenge } from "lifeguard-cognito";
import { h, uniqueId } from "../../dom";
import type { App, View } from "../../view";
import { factorLabel, questionView } from "./shared";

/** Several second factors are set up: one is chosen. */
export function selectMfaView(app: App, challenge: SelectMfaChallenge): View {
  return choiceView(app, challenge, challenge.options, "How shall we check it is you?", "You have set up more than one way. Choose one.");
}

/** No second factor yet, and the pool wants one. */
export function mfaSetupView(app: App, challenge: MfaSetupChallenge): View {
  return choiceView(app, challenge, challenge.options, "One more safety line", "This pool asks for a second way to check it is you. Choose which to set up.");
}

/** How the person wants to begin. */
export function selectFactorView(app: App, challenge: SelectChallenge): View {
  return choiceView(app, challenge, challenge.options, "How would you like to sign in?", "Choose one of the ways your account allows.");
}

/** Changing one's mind: the question on the table is answered with another first factor. */
export function otherWayView(app: App, challenge: Challenge): View {
  return choiceView(app, challenge, app.ways, "How would you like to sign in?", "Choose another of the ways your account allows.");
}

function choiceView(app: App, challenge: Challenge, options: string[], title: string, lead: string): View {
  const { group, chosen, first } = radios(title, options);
  return questionView(app, challenge, {
    title,
    lead: [lead],
    fields: [],
    extra: [group],
    submit: "Continue",
    busy: "One moment…",
    ...(first && { focus: first }),
    answer: (question, signal) => app.auth.answerChallenge(question as SelectChallenge, { option: chosen(), signal }),
  });
}

function radios(legend: string, options: string[]): { group: HTMLElement; chosen(): string; first: HTMLInputElement | undefined } {
  const name = uniqueId("option");
  const inputs = options.map((option, index) =>
    h("input", { type: "radio", name, value: option, checked: index === 0, "data-testid": `option-${option}` }),
  );
  const rows = inputs.map((input) => h("label", { class: "choice" }, input, h("span", {}, factorLabel(input.value))));
  return {
    group: h("fieldset", { class: "choices" }, h("legend", { class: "visually-hidden" }, legend), ...rows),
    chosen: () => inputs.find((input) => input.checked)?.value ?? "",
    first: inputs[0],
  };
}

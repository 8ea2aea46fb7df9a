/** What all challenge views have in common. */
import { AuthError, type Challenge } from "lifeguard-cognito";
import { h } from "../../dom";
import { adviceFor } from "../../errors";
import { form, type Form, type FormOptions } from "../../form";
import { textButton } from "../../parts";
import type { App, View } from "../../view";
import { follow } from "../follow";
import { withUsername } from "../reset-password";

/** Options of {@link questionView}. */
export interface QuestionOptions<C extends Challenge> {
  title: string;
  /** Said above the form. */
  lead: (Node | string)[];
  /** Shown between that and the form. */
  above?: HTMLElement[];
  fields: FormOptions["fields"];
  submit: string;
  busy?: string;
  extra?: HTMLElement[];
  focus?: HTMLElement;
  /** Turns what was typed into an answer and sends it. */
  answer(challenge: C, signal: AbortSignal): ReturnType<App["auth"]["answerChallenge"]>;
}

/** First factors that can be exchanged for another one midway. */
const EXCHANGEABLE: Challenge["name"][] = ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"];

/** One question, one form, and ways out. */
export function questionView<C extends Challenge>(app: App, challenge: C, options: QuestionOptions<C>): View {
  let question = challenge;
  const made: Form = form({
    testId: "challenge-form",
    fields: options.fields,
    submit: options.submit,
    busy: options.busy ?? "Checking…",
    ...(options.extra && { extra: options.extra }),
    run: async (signal) => follow(app, await options.answer(question, signal)),
    onError: (error) => {
      const next = error instanceof AuthError ? error.challenge : undefined;
      if (!next) return false;
      if (next.name === question.name) {
        // The same question in its newest form: what went wrong is told here.
        question = next as C;
        return false;
      }
      app.go({ name: "challenge", challenge: next, notice: adviceFor(error).title });
      return true;
    },
  });
  const startOver = textButton("Start over", "start-over", () => {
    made.cancel();
    void app.auth.cancelChallenge(question).catch(() => undefined);
    app.go({ name: "signIn", username: challenge.username });
  });
  const otherWay = textButton("Use another way", "other-way", () => app.go({ name: "otherWay", challenge: question }));
  const focus = options.focus ?? options.fields[0]?.input;
  return {
    title: options.title,
    testId: `view-challenge-${challenge.name.toLowerCase().replaceAll("_", "-")}`,
    content: [
      h("p", { class: "lead", "data-testid": "lead" }, ...options.lead),
      h("p", { class: "who" }, "Signing in as ", h("strong", {}, challenge.username)),
      ...(options.above ?? []),
      withUsername(made.element, challenge.username),
      ...(app.ways.length > 1 && EXCHANGEABLE.includes(challenge.name) ? [h("p", { class: "crosslink" }, otherWay)] : []),
      h("p", { class: "crosslink" }, "Not you, or stuck? ", startOver),
    ],
    ...(focus && { focus }),
    leave: made.cancel,
  };
}

const LABELS: Record<string, string> = {
  SMS_MFA: "Text message",
  SMS_OTP: "Code by text message",
  SOFTWARE_TOKEN_MFA: "Authenticator app",
  EMAIL_OTP: "Code by e-mail",
  PASSWORD: "Password",
  PASSWORD_SRP: "Password (never leaves this page)",
  WEB_AUTHN: "Passkey",
};

/** A factor's name for people; the service's own where it is new to us. */
export function factorLabel(option: string): string {
  return LABELS[option] ?? option;
}

/** An attribute's name for people. */
export function attributeLabel(attribute: string): string {
  const plain = attribute.replace(/^custom:/, "").replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** Parameters of a challenge as they came. */
export function parameterList(parameters: Record<string, string>): HTMLElement {
  const rows = Object.entries(parameters).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("dl", { class: "parameters", "data-testid": "parameters" }, ...rows);
}

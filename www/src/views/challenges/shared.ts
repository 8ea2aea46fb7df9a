/** What all challenge views have in common. */
import { AuthError, type Challenge } from "lifeguard-cognito";
import { h } from "../../dom";
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

/** One question, one form, and a way out. */
export function questionView<C extends Challenge>(app: App, challenge: C, options: QuestionOptions<C>): View {
  const made: Form = form({
    testId: "challenge-form",
    fields: options.fields,
    submit: options.submit,
    busy: options.busy ?? "Checking…",
    ...(options.extra && { extra: options.extra }),
    run: async (signal) => follow(app, await options.answer(challenge, signal)),
    onError: (error) => goOn(app, error),
  });
  const startOver = textButton("Start over", "start-over", () => {
    made.cancel();
    app.auth.cancelChallenge(challenge);
    app.go({ name: "signIn", username: challenge.username });
  });
  const focus = options.focus ?? options.fields[0]?.input;
  return {
    title: options.title,
    testId: `view-challenge-${challenge.name.toLowerCase().replaceAll("_", "-")}`,
    content: [
      h("p", { class: "lead", "data-testid": "lead" }, ...options.lead),
      h("p", { class: "who" }, "Signing in as ", h("strong", {}, challenge.username)),
      ...(options.above ?? []),
      withUsername(made.element, challenge.username),
      h("p", { class: "crosslink" }, "Not you, or stuck? ", startOver),
    ],
    ...(focus && { focus }),
    leave: made.cancel,
  };
}

/** An expired sign-in that can go on from a fresh question does so. */
function goOn(app: App, error: unknown): boolean {
  if (!(error instanceof AuthError) || error.code !== "sessionExpired" || !error.challenge) return false;
  app.go({ name: "challenge", challenge: error.challenge, notice: "That took too long, so the pool asks once more." });
  return true;
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

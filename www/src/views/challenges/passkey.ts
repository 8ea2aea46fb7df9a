import type { WebAuthnChallenge } from "lifeguard-cognito";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** The browser's own passkey dialog, after a press: some browsers insist on one. */
export function passkeyView(app: App, challenge: WebAuthnChallenge): View {
  return questionView(app, challenge, {
    title: "Use your passkey",
    lead: ["Your browser asks for your fingerprint, face, PIN or security key."],
    fields: [],
    submit: "Use passkey",
    busy: "Waiting for your passkey…",
    answer: (question, signal) => app.auth.answerChallenge(question, { signal }),
  });
}

import type { SoftwareTokenSetupChallenge } from "lifeguard-cognito";
import { h } from "../../dom";
import { codeField, field } from "../../fields";
import { qrCode } from "../../qr";
import type { App, View } from "../../view";
import { questionView } from "./shared";

/** The issuer that authenticator apps show above the code. */
const ISSUER = "Lifeguard";

/** A secret for an authenticator app, as a picture and as text, and its first code. */
export function totpSetupView(app: App, challenge: SoftwareTokenSetupChallenge): View {
  const code = codeField({ label: "Code that the app shows" });
  const name = field({
    name: "friendlyDeviceName",
    label: "Name of this device",
    autocomplete: "off",
    required: false,
    hint: "So that you recognize it later.",
    testId: "friendly-name",
  });
  const uri = otpauthUri(challenge.username, challenge.secretCode);
  const secret = h("code", { class: "secret", "data-testid": "secret-code" }, inGroups(challenge.secretCode));
  return questionView(app, challenge, {
    title: "Set up an authenticator app",
    lead: ["Scan this picture with the app on your phone, or type the key by hand."],
    fields: [code, name],
    submit: "Finish set-up",
    answer: (question, signal) =>
      app.auth.answerChallenge(question, {
        code: code.input.value.trim(),
        ...(name.input.value && { friendlyDeviceName: name.input.value }),
        signal,
      }),
    above: [
      h(
        "div",
        { class: "totp" },
        qrCode(uri, "QR code with the key for your authenticator app"),
        h("div", {}, h("p", { class: "hint" }, "Key"), secret, h("p", {}, h("a", { href: uri, "data-testid": "otpauth" }, "Open in an app on this device"))),
      ),
    ],
  });
}

/** Key URI format of authenticator apps. */
function otpauthUri(username: string, secret: string): string {
  const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(username)}`;
  return `otpauth://totp/${label}?secret=${encodeURIComponent(secret)}&issuer=${encodeURIComponent(ISSUER)}`;
}

/** Four characters at a time are easier to copy by hand. */
function inGroups(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

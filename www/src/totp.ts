/** The key of a new authenticator app, as a picture, as text and as a link. */
import { otpauthUri } from "lifeguard-cognito";
import { h } from "./dom";
import { qrCode } from "./qr";

/** Shows a key. */
export function totpKey(username: string, secretCode: string): HTMLElement {
  const uri = otpauthUri({ secretCode, issuer: "Lifeguard", account: username });
  return h(
    "div",
    { class: "totp" },
    qrCode(uri, "QR code with the key for your authenticator app"),
    h(
      "div",
      {},
      h("p", { class: "hint" }, "Key"),
      h("code", { class: "secret", "data-testid": "secret-code" }, inGroups(secretCode)),
      h("p", {}, h("a", { href: uri, "data-testid": "otpauth" }, "Open in an app on this device")),
    ),
  );
}

/** Four characters at a time are easier to copy by hand. */
function inGroups(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}

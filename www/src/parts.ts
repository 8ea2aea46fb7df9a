/** Small pieces that several views share. */
import type { CodeDelivery } from "lifeguard-cognito";
import { h } from "./dom";

/** A friendly remark above a form; none when there is nothing to say. */
export function notice(text: string | undefined): HTMLElement[] {
  return text ? [h("p", { class: "notice", role: "status", "data-testid": "notice" }, text)] : [];
}

/** A sentence with a link to another view. */
export function links(question: string, href: string, label: string, testId: string): HTMLElement {
  return h("p", { class: "crosslink" }, `${question} `, h("a", { href, "data-testid": testId }, label));
}

/** Where a code went, in words. */
export function codeWentTo(delivery: CodeDelivery | undefined): string {
  if (!delivery?.destination) return "We sent you a code.";
  const how = delivery.medium === "SMS" ? "a text message" : "an e-mail";
  return `We sent ${how} with a code to ${delivery.destination}.`;
}

/** A button that looks like a link. */
export function textButton(label: string, testId: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "link", "data-testid": testId, onclick }, label);
}

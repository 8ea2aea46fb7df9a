import { h } from "../dom";
import { adviceFor, codeOf } from "../errors";
import type { View } from "../view";

/** The page cannot even begin: it is set up wrongly, or the pool cannot be reached. */
export function troubleView(title: string, next: string, detail: string, retry: () => void): View {
  const again = h("button", { type: "button", class: "primary", "data-testid": "retry", onclick: retry }, "Try again");
  return {
    title,
    testId: "view-trouble",
    content: [
      h("p", { class: "lead" }, next),
      h("details", {}, h("summary", {}, "For developers"), h("code", { "data-testid": "trouble-detail" }, detail)),
      h("div", { class: "actions" }, again),
    ],
  };
}

/** The same for a failure of the SDK. */
export function failedView(error: unknown, retry: () => void): View {
  const { title, next } = adviceFor(error);
  const detail = error instanceof Error ? error.message : "";
  return troubleView(title, next, `${codeOf(error)}: ${detail}`, retry);
}

import { h } from "../../dom";
import type { App, View } from "../../view";
import { apisSection } from "./apis";
import { attributesSection } from "./attributes";
import { deletionSection } from "./deletion";
import { passwordSection } from "./password";

/** What belongs to the person: password, what the pool knows of them, APIs they may call, the end of it. */
export function accountView(app: App): View {
  const sections = [attributesSection(app), passwordSection(app), ...(app.config.endpoint ? [apisSection(app)] : []), deletionSection(app)];
  sections[0]?.refresh();
  return {
    title: "Your account",
    testId: "view-account",
    width: "wide",
    content: [
      h("p", { class: "lead" }, "What the pool knows of you, and what you may change."),
      h("div", { class: "dashboard" }, ...sections.map(({ element }) => element)),
      h("p", { class: "crosslink" }, h("a", { href: "./#", "data-testid": "to-signed-in", onclick: (event) => back(event, app) }, "Back to your page")),
    ],
    leave: () => {
      for (const each of sections) each.leave();
    },
  };
}

function back(event: MouseEvent, app: App): void {
  event.preventDefault();
  app.go({ name: "signedIn" });
}

import { h } from "../../dom";
import type { App, View } from "../../view";
import { devicesSection } from "./devices";
import { factorsSection } from "./factors";
import { passkeysSection } from "./passkeys";
import { authenticatorSection } from "./authenticator";

/** How the person is let in: passkeys, second factors, devices. */
export function securityView(app: App): View {
  const factors = factorsSection(app);
  const sections = [passkeysSection(app), authenticatorSection(app, factors.refresh), factors, devicesSection(app)];
  for (const section of sections) section.refresh();
  return {
    title: "Passkeys and factors",
    testId: "view-security",
    width: "wide",
    content: [
      h("p", { class: "lead" }, "How you are let in. What your pool does not offer, it refuses below."),
      h("div", { class: "dashboard" }, ...sections.map(({ element }) => element)),
      h("p", { class: "crosslink" }, h("a", { href: "./#", "data-testid": "to-signed-in", onclick: (event) => back(event, app) }, "Back to your page")),
    ],
    leave: () => {
      for (const section of sections) section.leave();
    },
  };
}

function back(event: MouseEvent, app: App): void {
  event.preventDefault();
  app.go({ name: "signedIn" });
}

/** What stays on the page while views come and go. */
import { announcer } from "./announce";
import { h, svg } from "./dom";
import { scene } from "./scene";
import { themeToggle } from "./theme";

const RING = `<svg class="ring-logo" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="10.5" class="ring"/><path class="band" d="M16 0v11M16 21v11M0 16h11M21 16h11"/></svg>`;

/** The frame of the page and the place where views go. */
export interface Shell {
  element: HTMLElement;
  main: HTMLElement;
  /** Below the view: the help box of a local pool. */
  below: HTMLElement;
}

/** Builds the frame. */
export function shell(): Shell {
  const main = h("main", { id: "main", class: "view", tabindex: "-1" });
  const below = h("div", { class: "below" });
  const element = h(
    "div",
    { class: "page" },
    h("a", { class: "skip", href: "#main", onclick: (event) => skip(event, main) }, "Skip to the form"),
    h("div", { class: "beach", "aria-hidden": "true" }, scene(), h("p", { class: "slogan" }, "Swim between the flags.")),
    h(
      "div",
      { class: "shore" },
      h("header", { class: "top" }, h("p", { class: "brand" }, svg(RING), h("span", {}, "Lifeguard")), themeToggle()),
      main,
      below,
      h("footer", { class: "foot" }, h("p", {}, "A demo of ", h("code", {}, "lifeguard-cognito"), ". Lifeguard Beach does not exist; the sign-in does.")),
    ),
    announcer(),
  );
  return { element, main, below };
}

/** The address bar belongs to the views, so the skip link moves the focus by itself. */
function skip(event: MouseEvent, main: HTMLElement): void {
  event.preventDefault();
  main.focus();
}

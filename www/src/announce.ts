/** One polite live region for the whole page: views come and go, it stays. */
import { h } from "./dom";

const region = h("div", { class: "visually-hidden", "aria-live": "polite", "data-testid": "announcer" });

/** The element that {@link announce} writes to; put it on the page once. */
export function announcer(): HTMLElement {
  return region;
}

/** Has screen readers say something when they are done with what they are saying. */
export function announce(text: string): void {
  // The same text twice is no change to a live region.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

/** A QR code as an SVG that follows the page's colors. */
import { generate } from "lean-qr";
import { toSvgSource } from "lean-qr/extras/svg";
import { h, svg } from "./dom";

/** Draws `text`. Dark on light in both themes: many scanners cannot read the inverse. */
export function qrCode(text: string, label: string): HTMLElement {
  const drawing = svg(toSvgSource(generate(text), { on: "#06222f", padX: 3, padY: 3 }));
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", label);
  return h("div", { class: "qr", "data-testid": "qr" }, drawing);
}

/** The beach beside the form. Decoration only: hidden from assistive technology. */
import { svg } from "./dom";

/** One wave, twice as wide as it shows, so that it can move by half without a seam. */
function wave(y: number, height: number, className: string): string {
  const crest = Array.from({ length: 8 }, () => `q50 ${-height} 100 0t100 0`).join("");
  return `<path class="${className}" d="M-200 ${y}${crest}V620H-200Z"/>`;
}

const MARKUP = `
<svg class="scene" viewBox="0 0 640 600" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
  <rect class="sky" width="640" height="600"/>
  <g class="stars"><circle cx="170" cy="170" r="1.6"/><circle cx="150" cy="120" r="1.2"/><circle cx="290" cy="110" r="1.7"/><circle cx="330" cy="140" r="1.1"/><circle cx="420" cy="70" r="1.5"/><circle cx="590" cy="190" r="1.3"/><circle cx="110" cy="210" r="1.3"/><circle cx="40" cy="150" r="1.1"/></g>
  <circle class="halo" cx="440" cy="130" r="84"/>
  <circle class="sun" cx="440" cy="130" r="54"/>
  <g class="gulls"><path d="M310 232q14-14 26 0q12-14 26 0"/><path d="M374 262q9-9 17 0q8-9 17 0"/></g>
  <path class="far" d="M0 352q90-34 190-20t210 8 240-14V420H0Z"/>
  ${wave(390, 12, "wave back")}
  <g class="buoy"><circle cx="456" cy="404" r="25" class="ring"/><g class="band"><path d="M456 373v18M456 417v18M425 404h18M469 404h18"/></g></g>
  ${wave(420, 14, "wave middle")}
  ${wave(462, 16, "wave front")}
  <path class="sand" d="M0 540q150-38 330-16t310-18V600H0Z"/>
  <g class="tower" transform="translate(46 0)">
    <path class="leg" d="M118 402 92 556M236 402l26 154M152 402v150M202 402v150M106 476h144M100 514h156"/>
    <path class="deck" d="M92 392h170v14H92z"/>
    <path class="hut" d="M118 318h118v74H118z"/>
    <path class="door" d="M140 336h34v24h-34zM188 336h28v56h-28z"/>
    <path class="roof" d="M102 320 177 280l75 40z"/>
    <path class="pole" d="M177 282v-92"/>
    <g class="flag"><path class="red" d="M177 192q18-8 36 0t36 0v22q-18 8-36 0t-36 0z"/><path class="yellow" d="M177 214q18-8 36 0t36 0v22q-18 8-36 0t-36 0z"/></g>
  </g>
</svg>`;

/** Draws it. */
export function scene(): SVGElement {
  return svg(MARKUP);
}

/** Light and dark: the system's choice until the person makes one. */
import { h, svg } from "./dom";

type Theme = "light" | "dark";

const KEY = "lifeguard-demo.theme";
const SUN = `<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="4.6"/><path d="M12 1.5v3M12 19.5v3M1.5 12h3M19.5 12h3M4.6 4.6l2.1 2.1M17.3 17.3l2.1 2.1M4.6 19.4l2.1-2.1M17.3 6.7l2.1-2.1"/></svg>`;
const MOON = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20 14.6A8.6 8.6 0 0 1 9.4 4a8.6 8.6 0 1 0 10.6 10.6Z"/></svg>`;

/** Applies the stored choice; call before anything is drawn. */
export function applyTheme(): void {
  const stored = readChoice();
  if (stored) document.documentElement.dataset.theme = stored;
}

/** A button that switches between the two. */
export function themeToggle(): HTMLButtonElement {
  const button = h("button", { type: "button", class: "icon-button", "data-testid": "theme-toggle" });
  const draw = (): void => {
    const other: Theme = current() === "dark" ? "light" : "dark";
    const label = other === "dark" ? "Use dark colors" : "Use light colors";
    button.setAttribute("aria-label", label);
    button.title = label;
    button.replaceChildren(svg(other === "dark" ? MOON : SUN));
  };
  button.addEventListener("click", () => {
    const chosen: Theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    keepChoice(chosen);
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
  return button;
}

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// A browser may refuse storage altogether; the choice then lasts as long as the page.
function readChoice(): Theme | null {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : null;
  } catch {
    return null;
  }
}

function keepChoice(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Nothing to do: see readChoice.
  }
}

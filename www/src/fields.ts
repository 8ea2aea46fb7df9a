/** Form fields: a label, an input, a hint and room for what is wrong with it. */
import { h, uniqueId } from "./dom";
import type { FieldName } from "./errors";

/** A field of a form. */
export interface Field {
  /** Which advice of `errors.ts` is about this field. */
  name: FieldName | (string & {});
  element: HTMLElement;
  input: HTMLInputElement;
  /** Shows what is wrong, or nothing. */
  setError(text: string | null): void;
}

/** Options of {@link field}. */
export interface FieldOptions {
  name: Field["name"];
  label: string;
  /** Default `text`. */
  type?: string;
  /** Token of the HTML autofill standard. */
  autocomplete: string;
  inputmode?: string;
  hint?: string;
  value?: string | undefined;
  /** Default `true`. */
  required?: boolean;
  /** Said when a required field is empty. */
  missing?: string;
  testId?: string;
}

/** A one-line field. */
export function field(options: FieldOptions): Field {
  const id = uniqueId(options.name);
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const required = options.required ?? true;
  const input = h("input", {
    id,
    name: options.name,
    type: options.type ?? "text",
    autocomplete: options.autocomplete,
    inputmode: options.inputmode,
    autocapitalize: "none",
    spellcheck: "false",
    "aria-required": required ? "true" : undefined,
    "aria-describedby": options.hint ? `${hintId} ${errorId}` : errorId,
    "data-testid": options.testId ?? options.name,
    "data-missing": options.missing,
  });
  if (options.value !== undefined) input.value = options.value;
  const error = h("p", { id: errorId, class: "field-error", "data-testid": `${options.testId ?? options.name}-error` });
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: id }, options.label, !required && h("span", { class: "optional" }, " (optional)")),
    h("div", { class: "control" }, input),
    options.hint && h("p", { id: hintId, class: "hint" }, options.hint),
    error,
  );
  const setError = (text: string | null): void => {
    error.textContent = text ?? "";
    if (text === null) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  };
  input.addEventListener("input", () => setError(null));
  return { name: options.name, element, input, setError };
}

/** A field for a password, with a button that shows what was typed. */
export function passwordField(options: Omit<FieldOptions, "type" | "inputmode">): Field {
  const made = field({ ...options, type: "password" });
  const toggle = h("button", { type: "button", class: "reveal", "aria-pressed": "false", "aria-controls": made.input.id }, "Show");
  toggle.setAttribute("aria-label", `Show ${options.label.toLowerCase()}`);
  toggle.addEventListener("click", () => {
    const shown = made.input.type === "password";
    made.input.type = shown ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(shown));
    toggle.textContent = shown ? "Hide" : "Show";
  });
  made.input.parentElement?.append(toggle);
  return made;
}

/** A field for a one-time code. */
export function codeField(options: Partial<FieldOptions> = {}): Field {
  const made = field({
    name: "code",
    label: "Code",
    autocomplete: "one-time-code",
    inputmode: "numeric",
    missing: "Enter the code.",
    ...options,
  });
  made.input.classList.add("code");
  return made;
}

/** Finds the first required field that is empty, marks it and returns it. */
export function firstMissing(fields: Field[]): Field | undefined {
  let first: Field | undefined;
  for (const each of fields) {
    const empty = each.input.getAttribute("aria-required") === "true" && each.input.value === "";
    each.setError(empty ? (each.input.dataset.missing ?? "Fill in this field.") : null);
    if (empty) first ??= each;
  }
  return first;
}

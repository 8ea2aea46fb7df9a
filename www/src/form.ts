/** A form that calls the SDK: busy state, cancel button, errors, focus. */
import { announce } from "./announce";
import { append, h } from "./dom";
import { adviceFor, codeOf } from "./errors";
import { firstMissing, type Field } from "./fields";

/** Options of {@link form}. */
export interface FormOptions {
  testId: string;
  fields: Field[];
  /** Label of the main button; absent where only {@link Form.perform} is used. */
  submit?: string;
  /** The same while it runs: `Signing in…`. */
  busy?: string;
  /** Does the work. What it rejects with is shown, unless {@link FormOptions.onError} took care of it. */
  run?(signal: AbortSignal): Promise<void>;
  /** Returns `true` when the failure leads elsewhere and needs no message here. */
  onError?: (error: unknown) => boolean;
  /** Goes between the fields and the button. */
  extra?: HTMLElement[];
}

/** A form on the page. */
export interface Form {
  element: HTMLFormElement;
  /** Runs something else with this form's busy state and error box: sending a code again. */
  perform(busy: string, run: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Ends what is running; call when the view is left. */
  cancel(): void;
}

/** How long a call may take before the page offers to cancel it. */
const PATIENCE_MS = 600;

/** Makes a form. */
export function form(options: FormOptions): Form {
  const problem = h("div", { class: "problem", role: "alert", "data-testid": "error" });
  const label = h("span", {}, options.submit ?? "");
  const button = h("button", { type: "submit", class: "primary", "data-testid": "submit" }, label);
  const cancelButton = h("button", { type: "button", class: "quiet", hidden: true, "data-testid": "cancel", onclick: () => cancel() }, "Cancel");
  const element = h(
    "form",
    { novalidate: true, "data-testid": options.testId, method: "post" },
    problem,
    ...options.fields.map((each) => each.element),
    ...(options.extra ?? []),
    h("div", { class: "actions" }, options.submit !== undefined && button, cancelButton),
  );
  let running: AbortController | null = null;

  const cancel = (): void => running?.abort();
  const setBusy = (text: string | null): void => {
    element.classList.toggle("busy", text !== null);
    button.toggleAttribute("data-busy", text !== null);
    // aria-disabled and not disabled: a disabled button would throw the focus away.
    button.setAttribute("aria-disabled", String(text !== null));
    label.textContent = text ?? options.submit ?? "";
    if (text === null) {
      if (document.activeElement === cancelButton) button.focus();
      cancelButton.hidden = true;
    }
  };

  const perform = async (busy: string, run: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (running) return;
    const mine = new AbortController();
    running = mine;
    clearProblem(problem, options.fields);
    setBusy(busy);
    const slow = setTimeout(() => {
      cancelButton.hidden = false;
      announce(`${busy} You can cancel.`);
    }, PATIENCE_MS);
    try {
      await run(mine.signal);
    } catch (error) {
      if (!(options.onError?.(error) ?? false)) showProblem(problem, options.fields, error);
    } finally {
      clearTimeout(slow);
      running = null;
      setBusy(null);
    }
  };

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (running) return;
    const missing = firstMissing(options.fields);
    if (missing) missing.input.focus();
    else if (options.run) void perform(options.busy ?? "One moment…", options.run);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
  });
  return { element, perform, cancel };
}

function clearProblem(problem: HTMLElement, fields: Field[]): void {
  problem.replaceChildren();
  delete problem.dataset.code;
  for (const each of fields) each.setError(null);
}

function showProblem(problem: HTMLElement, fields: Field[], error: unknown): void {
  const code = codeOf(error);
  const advice = adviceFor(error);
  problem.dataset.code = code;
  const detail = error instanceof Error && error.message;
  append(problem, [
    h("p", { class: "problem-title" }, advice.title),
    h("p", {}, advice.next),
    detail !== false && h("details", {}, h("summary", {}, "For developers"), h("code", {}, `${code}: ${detail}`)),
  ]);
  const culprit = fields.find((each) => each.name === advice.field);
  if (!culprit) return;
  culprit.input.setAttribute("aria-invalid", "true");
  culprit.input.focus();
  culprit.input.select();
}

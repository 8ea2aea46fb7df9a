/** A panel that loads something of the person's account, shows it and can change it. */
import { announce } from "../../announce";
import { h, uniqueId } from "../../dom";
import { form, type Form, type FormOptions } from "../../form";

/** A panel of the security page. */
export interface Section {
  element: HTMLElement;
  /** Where {@link SectionOptions.load} draws. */
  body(): HTMLElement;
  /** For calls beside the main one: busy state, errors, cancel. */
  form(): Form;
  /** Loads again and draws. */
  refresh(): void;
  leave(): void;
}

/** Options of {@link section}. */
export interface SectionOptions extends Pick<FormOptions, "fields" | "submit" | "busy" | "run"> {
  title: string;
  testId: string;
  about: string;
  /** Loads and draws into `body`. */
  load(body: HTMLElement, signal: AbortSignal): Promise<void>;
}

/** Makes a panel. */
export function section(options: SectionOptions): Section {
  const heading = uniqueId("section");
  const body = h("div", { class: "section-body" });
  const made = form({
    testId: `${options.testId}-form`,
    fields: options.fields,
    extra: [body],
    ...(options.submit !== undefined && { submit: options.submit }),
    ...(options.busy !== undefined && { busy: options.busy }),
    ...(options.run && { run: options.run }),
  });
  const element = h(
    "section",
    { class: "panel", "aria-labelledby": heading, "data-testid": options.testId },
    h("h2", { id: heading }, options.title),
    h("p", { class: "hint" }, options.about),
    made.element,
  );
  return {
    element,
    body: () => body,
    form: () => made,
    refresh: () => void made.perform("Loading…", (signal) => options.load(body, signal)),
    leave: made.cancel,
  };
}

/** Says that something was done, where eyes and screen readers find it. */
export function tell(body: HTMLElement, text: string): void {
  body.prepend(h("p", { class: "notice", "data-testid": "done" }, text));
  announce(text);
}

/** Unix seconds as a date, or nothing. */
export function dateOf(seconds: number | undefined): string {
  return seconds === undefined ? "" : new Date(seconds * 1000).toLocaleDateString([], { dateStyle: "medium" });
}

import { announce } from "../announce";
import { h } from "../dom";
import { form, type Form } from "../form";
import { textButton } from "../parts";
import type { App } from "../view";

/** Asks whether this browser shall spare the person the second factor from now on. */
export function rememberPanel(app: App): Pick<Form, "element" | "cancel"> {
  const done = (text: string): void => {
    made.element.replaceChildren(h("p", { class: "notice", "data-testid": "remember-done" }, text));
    announce(text);
  };
  const made = form({
    testId: "remember-form",
    fields: [],
    submit: "Remember this browser",
    busy: "Remembering…",
    run: async (signal) => {
      await app.auth.devices.remember({ signal });
      done("This browser is remembered.");
    },
    extra: [
      h("p", {}, "Is this your own device? Then the pool can remember it and ask for less next time. ", textButton("No, thanks", "remember-no", () => done("Not remembered."))),
    ],
  });
  return made;
}

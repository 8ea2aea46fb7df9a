import { h } from "../dom";
import { field } from "../fields";
import { form } from "../form";
import { links, notice, textButton } from "../parts";
import type { App, Place, View } from "../view";

/** Asks for a code with which a password can be replaced. */
export function forgotPasswordView(app: App, place: Extract<Place, { name: "forgotPassword" }>): View {
  const username = field({
    name: "username",
    label: "User name or e-mail",
    autocomplete: "username",
    value: place.username,
    missing: "Enter your user name or e-mail address.",
  });
  const haveCode = textButton("I have a code already", "have-code", () => {
    if (username.input.value === "") {
      username.setError("Enter your user name or e-mail address.");
      username.input.focus();
    } else {
      app.go({ name: "resetPassword", username: username.input.value });
    }
  });
  const made = form({
    testId: "forgot-form",
    fields: [username],
    submit: "Send me a code",
    busy: "Sending a code…",
    run: async (signal) => {
      const name = username.input.value;
      const { codeDelivery } = await app.auth.forgotPassword({ username: name, signal });
      app.go({ name: "resetPassword", username: name, ...(codeDelivery && { delivery: codeDelivery }) });
    },
    extra: [h("p", { class: "aside" }, haveCode)],
  });
  return {
    title: "Choose a new password",
    testId: "view-forgot-password",
    content: [
      ...notice(place.notice),
      h("p", { class: "lead" }, "We send a code to the address of your account. With it you choose a new password."),
      made.element,
      links("Remembered it?", "#sign-in", "Back to sign-in", "to-sign-in"),
    ],
    focus: username.input,
    leave: made.cancel,
  };
}

import { h } from "../dom";
import { codeField, passwordField } from "../fields";
import { form } from "../form";
import { codeWentTo, links } from "../parts";
import type { App, Place, View } from "../view";

/** The code from the mail and the new password. */
export function resetPasswordView(app: App, place: Extract<Place, { name: "resetPassword" }>): View {
  const { username } = place;
  const code = codeField();
  const password = passwordField({
    name: "newPassword",
    label: "New password",
    autocomplete: "new-password",
    hint: "At least 8 characters with upper and lower case, a number and a symbol.",
    missing: "Choose a new password.",
    testId: "new-password",
  });
  const made = form({
    testId: "reset-form",
    fields: [code, password],
    submit: "Set new password",
    busy: "Setting your new password…",
    run: async (signal) => {
      await app.auth.confirmForgotPassword({
        username,
        code: code.input.value.trim(),
        newPassword: password.input.value,
        signal,
      });
      app.go({ name: "signIn", username, notice: "Your new password is set. Sign in with it." });
    },
  });
  return {
    title: "Enter the code",
    testId: "view-reset-password",
    content: [
      h("p", { class: "lead", "data-testid": "delivery" }, codeWentTo(place.delivery)),
      h("p", { class: "who" }, "Account: ", h("strong", {}, username)),
      // Password managers file the new password under the name they find in the form.
      withUsername(made.element, username),
      links("Nothing arrived?", "#forgot-password", "Ask again", "to-forgot-password"),
    ],
    focus: code.input,
    leave: made.cancel,
  };
}

/** Adds the user name to a form for password managers only. */
export function withUsername(form: HTMLFormElement, username: string): HTMLFormElement {
  const input = h("input", { type: "text", name: "username", autocomplete: "username", hidden: true, readonly: true });
  input.value = username;
  form.append(input);
  return form;
}

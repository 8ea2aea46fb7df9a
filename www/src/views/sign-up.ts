import { field, passwordField } from "../fields";
import { form } from "../form";
import { links } from "../parts";
import type { App, View } from "../view";

/** A new account. */
export function signUpView(app: App): View {
  const username = field({ name: "username", label: "User name", autocomplete: "username", missing: "Choose a user name." });
  const email = field({
    name: "email",
    label: "E-mail",
    type: "email",
    inputmode: "email",
    autocomplete: "email",
    hint: "A code goes there to confirm your account.",
    missing: "Enter your e-mail address.",
  });
  const name = field({
    name: "name",
    label: "Your name",
    autocomplete: "name",
    missing: "Enter your name.",
    testId: "attribute-name",
  });
  const password = passwordField({
    name: "newPassword",
    label: "Password",
    autocomplete: "new-password",
    hint: "At least 8 characters with upper and lower case, a number and a symbol.",
    missing: "Choose a password.",
    testId: "new-password",
  });
  const made = form({
    testId: "sign-up-form",
    fields: [username, email, name, password],
    submit: "Create account",
    busy: "Creating your account…",
    run: async (signal) => {
      const account = username.input.value;
      const result = await app.auth.signUp({
        username: account,
        password: password.input.value,
        attributes: { email: email.input.value, name: name.input.value },
        signal,
      });
      if (result.status === "confirmed") {
        app.go({ name: "signIn", username: account, notice: "Your account is ready. Sign in to dive in." });
        return;
      }
      app.go({
        name: "confirmSignUp",
        username: account,
        ...(result.codeDelivery && { delivery: result.codeDelivery }),
        ...(result.session !== undefined && { session: result.session }),
      });
    },
  });
  return {
    title: "Create an account",
    testId: "view-sign-up",
    content: [made.element, links("Already have one?", "#sign-in", "Sign in", "to-sign-in")],
    focus: username.input,
    leave: made.cancel,
  };
}

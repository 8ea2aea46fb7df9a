import { h } from "../dom";
import { codeOf } from "../errors";
import { field, firstMissing, passwordField } from "../fields";
import { form } from "../form";
import { links, notice } from "../parts";
import type { App, Place, View } from "../view";
import { follow } from "./follow";

/** User name and password. */
export function signInView(app: App, place: Extract<Place, { name: "signIn" }>): View {
  const username = field({
    name: "username",
    label: "User name or e-mail",
    autocomplete: "username",
    value: place.username,
    missing: "Enter your user name or e-mail address.",
  });
  const password = passwordField({
    name: "password",
    label: "Password",
    autocomplete: "current-password",
    missing: "Enter your password.",
  });
  const stay = h("input", { type: "checkbox", id: "stay", checked: true, "data-testid": "stay" });
  const made = form({
    testId: "sign-in-form",
    fields: [username, password],
    submit: "Sign in",
    busy: "Signing in…",
    extra: [
      h("label", { class: "check", for: "stay" }, stay, "Stay signed in on this device"),
      h("p", { class: "aside" }, h("a", { href: "#forgot-password", "data-testid": "to-forgot-password", onclick: (event) => carryName(event) }, "Forgot your password?")),
    ],
    run: async (signal) => {
      const result = await app.auth.signIn({ username: username.input.value, password: password.input.value, persistence: persistence(), signal });
      follow(app, result);
    },
    onError: (error) => leadElsewhere(app, codeOf(error), username.input.value),
  });
  // The typed name goes along in memory; the address stays free of it.
  // Without it the session ends with the tab.
  const persistence = (): "local" | "session" => (stay.checked ? "local" : "session");
  const begin = (flow: "USER_AUTH" | "CUSTOM_AUTH"): void => {
    const missing = firstMissing([username]);
    if (missing) {
      missing.input.focus();
      return;
    }
    void made.perform("One moment…", async (signal) => {
      follow(app, await app.auth.signIn({ username: username.input.value, authFlow: flow, persistence: persistence(), signal }));
    });
  };
  const otherWays = h(
    "details",
    { class: "other-ways", "data-testid": "other-ways" },
    h("summary", {}, "Other ways to sign in"),
    h("p", { class: "hint" }, "Enter your user name first. Which ways work is up to the pool."),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "quiet", "data-testid": "flow-choice", onclick: () => begin("USER_AUTH") }, "Without a password"),
      h("button", { type: "button", class: "quiet", "data-testid": "flow-custom", onclick: () => begin("CUSTOM_AUTH") }, "By the pool's own question"),
    ),
  );
  if (place.password !== undefined) password.input.value = place.password;
  const carryName = (event: MouseEvent): void => {
    event.preventDefault();
    app.go({ name: "forgotPassword", username: username.input.value });
  };
  // The next sign-in is prepared while the person types.
  username.input.addEventListener("focus", () => void app.auth.preload().catch(() => undefined), { once: true });
  return {
    title: "Sign in",
    testId: "view-sign-in",
    content: [...notice(place.notice), made.element, otherWays, links("New here?", "#sign-up", "Create an account", "to-sign-up")],
    focus: place.username ? password.input : username.input,
    leave: made.cancel,
  };
}

/** Two refusals are no dead ends: the page goes where they can be settled. */
function leadElsewhere(app: App, code: string, username: string): boolean {
  if (code === "userNotConfirmed") {
    app.go({
      name: "confirmSignUp",
      username,
      notice: "Your account is waiting to be confirmed. Enter the code you were sent, or ask for a new one.",
    });
    return true;
  }
  if (code === "passwordResetRequired") {
    app.go({ name: "forgotPassword", username, notice: "Your password has to be replaced before you can sign in." });
    return true;
  }
  return false;
}

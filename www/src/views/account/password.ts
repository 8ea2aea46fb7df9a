import { AuthError, type PasswordRule, type PasswordRuleName, passwordRules } from "lifeguard-cognito";
import { h } from "../../dom";
import { passwordField } from "../../fields";
import type { App } from "../../view";
import { section, tell, type Section } from "../security/section";

/** A new password, with the pool's rules beside it as they are kept. */
export function passwordSection(app: App): Section {
  const previous = passwordField({ name: "password", label: "Password now", autocomplete: "current-password", missing: "Enter the password you have now.", testId: "previous-password" });
  const next = passwordField({ name: "newPassword", label: "New password", autocomplete: "new-password", missing: "Choose a new password.", testId: "new-password" });
  const list = rulesList();
  let rules = passwordRules({ minimumLength: 8 });
  const show = (): void => list.show(rules, next.input.value);
  next.input.addEventListener("input", show);

  const change = async (signal: AbortSignal): Promise<void> => {
    const refused = next.input.value;
    try {
      await app.auth.changePassword({ previousPassword: previous.input.value, newPassword: refused, signal });
    } catch (error) {
      // The pool names the rule that it missed: from now on it stands in the list.
      if (error instanceof AuthError) rules = passwordRules(error, { refused, known: rules });
      show();
      throw error;
    }
    for (const each of [previous, next]) each.input.value = "";
    show();
    tell(made.body(), "Your password is changed. You stay signed in.");
  };
  const made = section({
    title: "Password",
    testId: "password",
    about: "The rules are the pool's; more of them appear when it asks for more.",
    fields: [previous, next],
    submit: "Change password",
    busy: "Changing…",
    run: change,
    load: async () => undefined,
  });
  next.element.append(list.element);
  show();
  return made;
}

/** The rules as a list that says of each whether it is kept. */
function rulesList() {
  const element = h("ul", { class: "rules", "aria-label": "Rules for the new password", "data-testid": "rules" });
  return {
    element,
    show(rules: PasswordRule[], password: string): void {
      const items = rules.map((rule) => {
        const isKept = rule.check(password);
        const text = `${isKept ? "✓" : "○"} ${WORDS[rule.name](rule.minimum)}`;
        return h("li", { "data-rule": rule.name, "data-kept": String(isKept) }, text, h("span", { class: "visually-hidden" }, isKept ? " (kept)" : " (not yet)"));
      });
      element.replaceChildren(...items);
    },
  };
}

const WORDS: Record<PasswordRuleName, (minimum?: number) => string> = {
  length: (minimum) => (minimum === undefined ? "More characters" : `At least ${minimum} characters`),
  uppercase: () => "A capital letter",
  lowercase: () => "A small letter",
  number: () => "A number",
  symbol: () => "A symbol, such as ! or ?",
  spaces: () => "No space at either end",
};

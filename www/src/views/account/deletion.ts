import { field } from "../../fields";
import type { App } from "../../view";
import { section, type Section } from "../security/section";

/** The end of the account, for people who mean it. */
export function deletionSection(app: App): Section {
  const word = field({ name: "confirmation", label: "Type DELETE to go on", autocomplete: "off", missing: "Type DELETE if you mean it.", testId: "deletion-word" });
  return section({
    title: "Delete account",
    testId: "deletion",
    about: "For good: the pool forgets you, and this browser does too.",
    fields: [word],
    submit: "Delete my account",
    busy: "Deleting…",
    run: async (signal) => {
      if (word.input.value.trim().toUpperCase() !== "DELETE") {
        word.setError("Type DELETE if you mean it.");
        word.input.focus();
        return;
      }
      await app.auth.deleteUser({ signal });
      app.go({ name: "signIn", notice: "Your account is deleted. Fair winds." });
    },
    load: async () => undefined,
  });
}

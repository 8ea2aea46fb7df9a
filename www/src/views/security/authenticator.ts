import { h } from "../../dom";
import { codeField } from "../../fields";
import { form } from "../../form";
import { totpKey } from "../../totp";
import type { App } from "../../view";
import { section, tell, type Section } from "./section";

/** A new authenticator app: key, first code, then it is turned on. */
export function authenticatorSection(app: App, changed: () => void): Section {
  const begin = async (signal: AbortSignal): Promise<void> => {
    const user = await app.auth.user({ signal });
    const { secretCode } = await app.auth.mfa.setUpTotp({ signal });
    const code = codeField({ label: "Code that the app shows", testId: "totp-code" });
    const verify = form({
      testId: "totp-form",
      fields: [code],
      submit: "Finish set-up",
      busy: "Checking…",
      run: async (stop) => {
        await app.auth.mfa.verifyTotp({ code: code.input.value.trim(), friendlyDeviceName: "Lifeguard demo", signal: stop });
        await app.auth.mfa.setPreference({ totp: true, signal: stop });
        slot.replaceChildren();
        tell(slot, "Your app is ready. It is asked for at the next sign-in.");
        changed();
      },
    });
    slot.replaceChildren(totpKey(user?.username ?? "", secretCode), verify.element);
    code.input.focus();
  };
  const slot = h("div", { class: "section-body" });
  const made = section({
    title: "Authenticator app",
    testId: "authenticator",
    about: "Six digits from an app on your phone, besides your password.",
    fields: [],
    submit: "Set up an app",
    busy: "Making a key…",
    run: begin,
    load: async () => undefined,
  });
  made.element.append(slot);
  return made;
}

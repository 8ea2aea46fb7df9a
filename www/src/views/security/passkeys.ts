import type { Passkey } from "lifeguard-cognito";
import { h } from "../../dom";
import { textButton } from "../../parts";
import type { App } from "../../view";
import { dateOf, section, tell, type Section } from "./section";

/** Passkeys: made, listed, removed. */
export function passkeysSection(app: App): Section {
  const { passkeys } = app.auth;
  const supported = passkeys.isSupported();
  const load = async (body: HTMLElement, signal: AbortSignal): Promise<void> => {
    const all = await everyPasskey(app, signal);
    const rows = all.map((passkey) => row(passkey, () => remove(passkey)));
    body.replaceChildren(all.length === 0 ? h("p", { "data-testid": "no-passkeys" }, "None yet.") : h("ul", { class: "rows" }, ...rows));
    if (!supported) body.append(h("p", { class: "hint" }, "This browser cannot make passkeys."));
  };
  const remove = (passkey: Passkey): void => {
    void made.form().perform("Removing…", async (signal) => {
      await passkeys.delete({ credentialId: passkey.credentialId, signal });
      await load(made.body(), signal);
      tell(made.body(), "The passkey is removed.");
    });
  };
  const made = section({
    title: "Passkeys",
    testId: "passkeys",
    about: "Fingerprint, face, PIN or security key instead of a password.",
    fields: [],
    ...(supported && { submit: "Add a passkey", busy: "Waiting for your passkey…" }),
    run: async (signal) => {
      await passkeys.register({ signal });
      await load(made.body(), signal);
      tell(made.body(), "The passkey is ready.");
    },
    load,
  });
  return made;
}

/** All pages, one after another. */
async function everyPasskey(app: App, signal: AbortSignal): Promise<Passkey[]> {
  const all: Passkey[] = [];
  let next: string | undefined;
  do {
    const page = await app.auth.passkeys.list({ signal, ...(next !== undefined && { next }) });
    all.push(...page.passkeys);
    next = page.next;
  } while (next !== undefined);
  return all;
}

function row(passkey: Passkey, remove: () => void): HTMLElement {
  const name = passkey.name ?? "Passkey";
  const button = textButton("Remove", "passkey-remove", remove);
  button.setAttribute("aria-label", `Remove ${name}`);
  return h("li", { "data-testid": "passkey" }, h("span", {}, h("strong", {}, name), ` ${dateOf(passkey.createdAt)}`), button);
}

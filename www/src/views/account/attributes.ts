import type { CodeDelivery, VerifiableAttribute } from "lifeguard-cognito";
import { h } from "../../dom";
import { codeField, field, type Field } from "../../fields";
import { form } from "../../form";
import { codeWentTo, textButton } from "../../parts";
import type { App } from "../../view";
import { section, tell, type Section } from "../security/section";

/** Attributes of the person, and the code that a new address has to be confirmed with. */
export function attributesSection(app: App): Section {
  const fields = {
    name: field({ name: "name", label: "Name", autocomplete: "name", testId: "attribute-name" }),
    email: field({ name: "email", label: "E-mail", type: "email", autocomplete: "email", inputmode: "email", testId: "attribute-email" }),
    "custom:role": field({ name: "role", label: "Role", autocomplete: "off", required: false, hint: "An attribute of the pool's own: custom:role.", testId: "attribute-role" }),
  } satisfies Record<string, Field>;
  const names = Object.keys(fields) as (keyof typeof fields)[];
  let known: Partial<Record<keyof typeof fields, string>> = {};
  const slot = h("div", { class: "section-body" });

  /** Asks for the code that was sent. */
  const askForCode = (name: VerifiableAttribute, delivery: CodeDelivery | undefined): void => {
    const code = codeField({ testId: "attribute-code" });
    const verify = form({
      testId: "verify-form",
      fields: [code],
      submit: "Confirm address",
      busy: "Checking…",
      run: async (signal) => {
        await app.auth.attributes.verify({ name, code: code.input.value.trim(), signal });
        await app.auth.session({ forceRefresh: true, signal });
        slot.replaceChildren();
        tell(slot, "Your address is confirmed.");
        made.refresh();
      },
    });
    const again = textButton("Send another code", "send-again", () => {
      void verify.perform("Sending…", async (signal) => askForCode(name, (await app.auth.attributes.sendCode({ name, signal })).codeDelivery));
    });
    slot.replaceChildren(h("p", { "data-testid": "code-sent" }, codeWentTo(delivery)), verify.element, h("p", { class: "aside" }, again));
    code.input.focus();
  };

  const load = async (body: HTMLElement, signal: AbortSignal): Promise<void> => {
    const attributes = await app.auth.attributes.get({ signal });
    known = attributes;
    for (const name of names) fields[name].input.value = attributes[name] ?? "";
    const verified = attributes.email_verified === true;
    body.replaceChildren(
      h("p", { class: "hint", "data-testid": "email-verified" }, verified ? "Your address is confirmed." : "Your address is not confirmed yet. "),
      ...(verified || !attributes.email ? [] : [textButton("Send a code", "send-code", () => void made.form().perform("Sending…", send))]),
    );
  };
  const send = async (signal: AbortSignal): Promise<void> => askForCode("email", (await app.auth.attributes.sendCode({ name: "email", signal })).codeDelivery);

  const save = async (signal: AbortSignal): Promise<void> => {
    const attributes = Object.fromEntries(names.map((name) => [name, fields[name].input.value.trim()] as const).filter(([name, value]) => value !== (known[name] ?? "")));
    if (Object.keys(attributes).length === 0) return tell(made.body(), "Nothing is new.");
    const outcomes: Record<string, Outcome> = await app.auth.attributes.update({ attributes, signal });
    await app.auth.session({ forceRefresh: true, signal });
    await load(made.body(), signal);
    tell(made.body(), "Saved.");
    const waiting = outcomes["email"];
    if (waiting?.status === "confirmWithCode") askForCode("email", waiting.codeDelivery);
  };

  const made = section({
    title: "About you",
    testId: "attributes",
    about: "Kept by the pool. A new address gets a code.",
    fields: Object.values(fields),
    submit: "Save",
    busy: "Saving…",
    run: save,
    load,
  });
  made.element.append(slot);
  return made;
}

type Outcome = { status: "done" } | { status: "confirmWithCode"; codeDelivery: CodeDelivery };

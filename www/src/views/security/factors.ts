import type { MfaType, MfaWish } from "lifeguard-cognito";
import { h, uniqueId } from "../../dom";
import type { App } from "../../view";
import { factorLabel } from "../challenges/shared";
import { section, tell, type Section } from "./section";

/** The name of each factor in `setPreference`. */
const FACTORS: [MfaType, "sms" | "totp" | "email"][] = [
  ["SMS_MFA", "sms"],
  ["SOFTWARE_TOKEN_MFA", "totp"],
  ["EMAIL_OTP", "email"],
];

/** Which second factors are on, and which is asked for first. */
export function factorsSection(app: App): Section {
  let selects: [key: (typeof FACTORS)[number][1], select: HTMLSelectElement, before: string][] = [];
  const load = async (body: HTMLElement, signal: AbortSignal): Promise<void> => {
    const { enabled, preferred, firstFactors } = await app.auth.mfa.factors({ signal });
    selects = FACTORS.map(([factor, key]) => {
      const state = factor === preferred ? "preferred" : enabled.includes(factor) ? "on" : "off";
      return [key, choice(key, state), state];
    });
    const rows = FACTORS.map(([factor], index) => {
      const select = selects[index]?.[1];
      return h("div", { class: "field" }, h("label", { for: select?.id }, factorLabel(factor)), select);
    });
    body.replaceChildren(...rows, h("p", { class: "hint", "data-testid": "first-factors" }, `You can begin with: ${firstFactors.map(factorLabel).join(", ") || "nothing yet"}.`));
  };
  const made = section({
    title: "Second factors",
    testId: "factors",
    about: "What the pool asks for after the first factor.",
    fields: [],
    submit: "Save",
    busy: "Saving…",
    run: async (signal) => {
      const wishes: Partial<Record<"sms" | "totp" | "email", MfaWish>> = {};
      for (const [key, select, before] of selects) if (select.value !== before) wishes[key] = wishOf(select.value);
      if (Object.keys(wishes).length === 0) return;
      await app.auth.mfa.setPreference({ ...wishes, signal });
      await load(made.body(), signal);
      tell(made.body(), "Saved.");
    },
    load,
  });
  return made;
}

function wishOf(value: string): MfaWish {
  return value === "preferred" ? "preferred" : value === "on";
}

function choice(key: string, state: string): HTMLSelectElement {
  const options = [["off", "Off"], ["on", "On"], ["preferred", "On, asked for first"]].map(([value, label]) =>
    h("option", { value, selected: value === state }, label),
  );
  return h("select", { id: uniqueId(key), "data-testid": `factor-${key}` }, ...options);
}

import type { Device } from "lifeguard-cognito";
import { h } from "../../dom";
import { textButton } from "../../parts";
import type { App } from "../../view";
import { dateOf, section, tell, type Section } from "./section";

/** Devices that the pool keeps track of. */
export function devicesSection(app: App): Section {
  const { devices } = app.auth;
  const load = async (body: HTMLElement, signal: AbortSignal): Promise<void> => {
    const all = await everyDevice(app, signal);
    body.replaceChildren(all.length === 0 ? h("p", { "data-testid": "no-devices" }, "The pool keeps track of none.") : h("ul", { class: "rows" }, ...all.map(row)));
  };
  const change = (busy: string, done: string, act: (signal: AbortSignal) => Promise<void>): void => {
    void made.form().perform(busy, async (signal) => {
      await act(signal);
      await load(made.body(), signal);
      tell(made.body(), done);
    });
  };
  const row = (device: Device): HTMLElement => {
    const { deviceKey } = device;
    // The attribute's name is not documented; its value is that of `DeviceRememberedStatus`.
    const isRemembered = Object.values(device.attributes).includes("remembered");
    return h(
      "li",
      { "data-testid": "device" },
      h("span", {}, h("strong", {}, device.isThis ? "This browser" : "Another device"), ` ${dateOf(device.authenticatedAt)}`),
      isRemembered
        ? textButton("Do not remember", "device-do-not-remember", () => change("Saving…", "No longer remembered.", (signal) => devices.doNotRemember({ deviceKey, signal })))
        : textButton("Remember", "device-remember", () => change("Saving…", "Remembered.", (signal) => devices.remember({ deviceKey, signal }))),
      textButton("Forget", "device-forget", () => change("Forgetting…", "Forgotten.", (signal) => devices.forget({ deviceKey, signal }))),
    );
  };
  const made = section({
    title: "Devices",
    testId: "devices",
    about: "Remembered devices spare you the second factor.",
    fields: [],
    load,
  });
  return made;
}

/** All pages, one after another. */
async function everyDevice(app: App, signal: AbortSignal): Promise<Device[]> {
  const all: Device[] = [];
  let next: string | undefined;
  do {
    const page = await app.auth.devices.list({ signal, ...(next !== undefined && { next }) });
    all.push(...page.devices);
    next = page.next;
  } while (next !== undefined);
  return all;
}

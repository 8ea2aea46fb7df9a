/** The time left of a session, as a tide that goes out. */
import { announce } from "../announce";
import { h } from "../dom";
import { duration } from "../time";

/** Below this the person is told once, in case something has to be saved. */
const WARN_SECONDS = 60;

/** A gauge that counts down until it is stopped. */
export function tideGauge(issuedAt: number, expiresAt: number): { element: HTMLElement; stop(): void } {
  const left = h("p", { class: "tide-left", role: "timer", "aria-live": "off", "data-testid": "time-left" });
  const water = h("div", { class: "tide-water" });
  const element = h(
    "section",
    { class: "panel tide", "aria-labelledby": "tide" },
    h("div", { class: "tide-sea", "aria-hidden": "true" }, water),
    h("h2", { id: "tide" }, "Time left"),
    left,
    h("p", { class: "hint" }, "until the access token ends, ", h("time", { datetime: new Date(expiresAt * 1000).toISOString() }, clockTime(expiresAt))),
  );
  let warned = false;
  const tick = (): void => {
    const seconds = Math.max(0, Math.round(expiresAt - Date.now() / 1000));
    left.textContent = seconds === 0 ? "ended" : duration(seconds);
    const share = Math.min(1, seconds / Math.max(1, expiresAt - issuedAt));
    water.style.setProperty("--level", share.toFixed(4));
    if (seconds > 0 && seconds <= WARN_SECONDS && !warned) {
      warned = true;
      announce("Less than a minute left.");
    }
  };
  tick();
  const timer = setInterval(tick, 1000);
  return { element, stop: () => clearInterval(timer) };
}

function clockTime(seconds: number): string {
  return `at ${new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
}

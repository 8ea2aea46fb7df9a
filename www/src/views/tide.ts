/** The time left of a session, as a tide that goes out. */
import { announce } from "../announce";
import { h } from "../dom";
import { duration } from "../time";

/** Below this the person is told once, in case something has to be saved. */
const WARN_SECONDS = 60;

/** A gauge that counts down until it is stopped. */
export interface TideGauge {
  element: HTMLElement;
  /** Begins anew: the tokens were refreshed. */
  rise(issuedAt: number, expiresAt: number): void;
  stop(): void;
}

/** Makes one; `extra` goes below the water line. */
export function tideGauge(...extra: HTMLElement[]): TideGauge {
  let issuedAt = 0;
  let expiresAt = 0;
  const end = h("time");
  const left = h("p", { class: "tide-left", role: "timer", "aria-live": "off", "data-testid": "time-left" });
  const water = h("div", { class: "tide-water" });
  const element = h(
    "section",
    { class: "panel tide", "aria-labelledby": "tide" },
    h("div", { class: "tide-sea", "aria-hidden": "true" }, water),
    h("h2", { id: "tide" }, "Time left"),
    left,
    h("p", { class: "hint" }, "until the token ends, ", end),
    ...extra,
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
  const timer = setInterval(tick, 1000);
  return {
    element,
    rise(from, to) {
      issuedAt = from;
      expiresAt = to;
      warned = false;
      end.dateTime = new Date(to * 1000).toISOString();
      end.textContent = clockTime(to);
      tick();
    },
    stop: () => clearInterval(timer),
  };
}

function clockTime(seconds: number): string {
  return `at ${new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
}

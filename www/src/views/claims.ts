/** The claims of a token, with what they mean. */
import { h, uniqueId } from "../dom";
import { relative } from "../time";

const MEANING: Record<string, string> = {
  sub: "your stable identifier",
  iss: "who issued it",
  aud: "which app it is for",
  client_id: "which app asked for it",
  token_use: "what it may be used for",
  scope: "what it allows",
  exp: "when it ends",
  iat: "when it was issued",
  auth_time: "when you signed in",
  jti: "its own number",
  origin_jti: "number of the sign-in",
  event_id: "number of the event",
  username: "your user name",
  email: "your address",
  email_verified: "whether it was confirmed",
  "cognito:username": "your user name",
  "cognito:groups": "groups you are in",
};

/** Claims that are Unix seconds. */
const TIMES = new Set(["exp", "iat", "nbf", "auth_time"]);

/** A section with one row per claim. */
export function claimsTable(title: string, testId: string, about: string, claims: Record<string, unknown> | null): HTMLElement {
  const heading = uniqueId("claims");
  if (!claims) {
    return h(
      "section",
      { class: "panel", "aria-labelledby": heading },
      h("h2", { id: heading }, title),
      h("p", { "data-testid": testId }, "This sign-in came without one."),
    );
  }
  const rows = Object.entries(claims).map(([name, value]) =>
    h(
      "tr",
      { "data-claim": name },
      h("th", { scope: "row" }, h("code", {}, name), MEANING[name] !== undefined && h("span", { class: "meaning" }, MEANING[name])),
      h("td", {}, ...display(name, value)),
    ),
  );
  return h(
    "section",
    { class: "panel", "aria-labelledby": heading },
    h("h2", { id: heading }, title),
    h("p", { class: "hint" }, about),
    h(
      "table",
      { class: "claims", "data-testid": testId, "aria-labelledby": heading },
      h("thead", { class: "visually-hidden" }, h("tr", {}, h("th", { scope: "col" }, "Claim"), h("th", { scope: "col" }, "Value"))),
      h("tbody", {}, ...rows),
    ),
  );
}

function display(name: string, value: unknown): (Node | string)[] {
  if (TIMES.has(name) && typeof value === "number") {
    const when = new Date(value * 1000);
    return [
      h("time", { datetime: when.toISOString() }, when.toLocaleString([], { dateStyle: "medium", timeStyle: "medium" })),
      h("span", { class: "meaning" }, relative(value, Date.now())),
    ];
  }
  if (Array.isArray(value)) return [value.map(String).join(", ")];
  if (typeof value === "object") return [JSON.stringify(value)];
  return [String(value)];
}

/** Help box of a local pool: who lives there, and where codes arrive. */
import type { Config, Person, PoolChoice } from "./config";
import { h } from "./dom";
import type { App } from "./view";

/** The box, or nothing where no people were configured. */
export function peopleBox(config: Config, fill: (person: Person) => void): HTMLElement | null {
  if (!config.people && config.inboxUrl === undefined) return null;
  const rows = (config.people ?? []).map((person) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "person",
          "data-testid": `person-${person.username}`,
          onclick: () => fill(person),
        },
        h("strong", {}, person.username),
        person.note && h("span", { class: "note" }, person.note),
        person.password !== undefined && h("code", {}, person.password),
      ),
    ),
  );
  return h(
    "aside",
    { class: "people", "aria-labelledby": "people-title", "data-testid": "people" },
    h("h2", { id: "people-title" }, "This is a local pool"),
    poolSelect(config),
    h(
      "div",
      { class: "people-list" },
      h("p", { class: "hint" }, "Nobody here is real. Choose somebody to fill in the form."),
      h("ul", {}, ...rows),
    ),
    config.inboxUrl !== undefined &&
      h("p", {}, h("a", { href: config.inboxUrl, target: "_blank", rel: "noreferrer", "data-testid": "inbox-link" }, "Open the inbox"), " to read the codes that were sent."),
  );
}

/** Puts a person of the box into the sign-in form, from wherever the page is. */
export function fillSignIn(app: App, { username, password }: Person): void {
  app.go({ name: "signIn", username, ...(password !== undefined && { password }) });
}

/** Another pool means another SDK object: the page starts anew with its address. */
function poolSelect(config: Config): HTMLElement | null {
  if (!config.pools || config.pools.length < 2) return null;
  const inUse = ({ userPoolId, clientId }: PoolChoice): boolean => userPoolId === config.userPoolId && clientId === config.clientId;
  const select = h(
    "select",
    { id: "pool", "data-testid": "pool", onchange: () => location.assign(`?pool=${encodeURIComponent(select.value)}`) },
    ...config.pools.map((pool) => h("option", { value: pool.id, selected: inUse(pool) }, pool.label)),
  );
  return h("div", { class: "field" }, h("label", { for: "pool" }, "Pool"), select);
}

/** Sign-in through the pool's domain: a button for each provider, and what came back. */
import { AuthError, type AuthOptions, type RedirectResult } from "lifeguard-cognito";
import { announce } from "./announce";
import type { Config } from "./config";
import { h } from "./dom";
import { adviceFor } from "./errors";
import type { App } from "./view";

/** Providers as the pool calls them, and what people call them. */
const LABELS: Record<string, string> = { COGNITO: "Lifeguard's own sign-in page" };

/** What `createAuth` needs for it: this page is where responses arrive. */
export function oauthOptions({ oauth }: Config): Pick<AuthOptions, "oauth"> {
  const here = location.origin + location.pathname;
  return oauth ? { oauth: { domain: oauth.domain, redirectUris: [here], logoutUris: [here] } } : {};
}

/** The buttons, or nothing where the pool has no domain. */
export function providerBox(app: App): HTMLElement | null {
  if (!app.config.oauth) return null;
  const trouble = h("p", { class: "hint", role: "alert" });
  const go = (name: string): void => {
    const input = name === "COGNITO" ? {} : { identityProvider: name };
    app.auth.signInWithRedirect({ ...input, appState: { chose: name } }).catch((error: unknown) => {
      trouble.textContent = adviceFor(error).title;
    });
  };
  const button = (name: string): HTMLElement =>
    h("li", {}, h("button", { type: "button", class: "person", "data-testid": `provider-${name}`, onclick: () => go(name) }, h("strong", {}, LABELS[name] ?? name)));
  return h(
    "section",
    { class: "people people-list", "aria-labelledby": "providers-title", "data-testid": "providers" },
    h("h2", { id: "providers-title" }, "Or sign in with"),
    h("ul", {}, ...app.config.oauth.providers.map(button)),
    trouble,
  );
}

/** Takes a response, if this page was opened with one; says in words what came back. */
export async function comeBack(app: App): Promise<HTMLElement | null> {
  try {
    const result = await app.auth.handleRedirect();
    if (!result) return null;
    const panel = arrived(result);
    app.auth.on("signedOut", () => panel.remove());
    return panel;
  } catch (error) {
    const { title, next } = adviceFor(error);
    const code = error instanceof AuthError ? error.code : "unexpected";
    return panel("came-back-failed", title, [h("p", {}, next), h("p", { class: "hint" }, `Code: ${code}`)]);
  }
}

function arrived({ user, appState }: RedirectResult): HTMLElement {
  const identities = user.claims["identities"] as { providerName?: string }[] | undefined;
  const provider = identities?.[0]?.providerName ?? "the pool itself";
  return panel("came-back", "You came back.", [
    h("p", {}, `${provider} vouches for `, h("code", {}, user.username), "."),
    h("p", { class: "hint" }, "The page had remembered: ", h("code", {}, JSON.stringify(appState ?? null))),
  ]);
}

function panel(testId: string, title: string, content: HTMLElement[]): HTMLElement {
  announce(title);
  return h("section", { class: "notice", role: "status", "data-testid": testId }, h("h2", {}, title), ...content);
}

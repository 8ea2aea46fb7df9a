import type { Session, SignOutResult, User } from "lifeguard-cognito";
import { h } from "../dom";
import { form } from "../form";
import { claimsOf } from "../jwt";
import type { App, View } from "../view";
import { claimsTable } from "./claims";
import { rememberPanel } from "./remember";
import { tideGauge } from "./tide";

/** Who is signed in, what the tokens say and how long they last. */
export function signedInView(app: App, session: Session, askToRemember: boolean): View {
  const { user } = session;
  const access = claimsOf(session.accessToken) ?? {};
  const issuedAt = typeof access["iat"] === "number" ? access["iat"] : session.expiresAt - 3600;
  const tide = tideGauge(issuedAt, session.expiresAt);
  const signOut = form({
    testId: "sign-out-form",
    fields: [],
    submit: "Sign out",
    busy: "Signing out…",
    run: async (signal) => {
      app.go({ name: "signIn", notice: farewell(await app.auth.signOut({ signal })) });
    },
  });
  const remember = askToRemember ? rememberPanel(app) : null;
  return {
    title: `Welcome, ${displayName(user)}`,
    testId: "view-signed-in",
    width: "wide",
    content: [
      h("p", { class: "lead" }, "You are in, and safely between the flags."),
      ...(remember ? [remember.element] : []),
      h("div", { class: "dashboard" }, identityCard(user, signOut.element), tide.element),
      h(
        "div",
        { class: "tokens" },
        claimsTable("ID token", "id-claims", "Who you are: for this page.", session.idToken ? claimsOf(session.idToken) : null),
        claimsTable("Access token", "access-claims", "What you may do: for the API.", access),
      ),
    ],
    leave: () => {
      tide.stop();
      signOut.cancel();
      remember?.cancel();
    },
  };
}

function farewell({ cleared, revoked }: SignOutResult): string {
  if (!cleared) return "You are signed out, but your browser would not let go of what it kept. Clear this site's data.";
  return revoked ? "You are signed out. See you soon." : "You are signed out here. The pool could not be told.";
}

/** What to call a person. */
function displayName(user: User): string {
  const { name, given_name: givenName } = user.claims;
  for (const candidate of [givenName, name]) if (typeof candidate === "string" && candidate !== "") return candidate;
  return user.username;
}

function identityCard(user: User, signOut: HTMLElement): HTMLElement {
  const { email, email_verified: verified } = user.claims;
  return h(
    "section",
    { class: "panel", "aria-labelledby": "identity" },
    h("h2", { id: "identity" }, "You"),
    h(
      "dl",
      { class: "facts" },
      ...fact("User name", user.username, "user-name"),
      ...(typeof email === "string" ? fact("E-mail", verified === true ? `${email} (verified)` : email, "user-email") : []),
      ...fact("Subject", user.sub, "user-sub"),
    ),
    h("h3", {}, "Groups"),
    user.groups.length === 0
      ? h("p", { class: "hint", "data-testid": "groups" }, "None")
      : h("ul", { class: "chips", "data-testid": "groups" }, ...user.groups.map((group) => h("li", {}, group))),
    h("p", { class: "crosslink" }, h("a", { href: "#security", "data-testid": "to-security" }, "Passkeys, second factors, devices")),
    signOut,
  );
}

function fact(name: string, value: string, testId: string): HTMLElement[] {
  return [h("dt", {}, name), h("dd", { "data-testid": testId }, value)];
}

import type { AuthStatus, Session, SignOutResult, User } from "lifeguard-cognito";
import { h } from "../dom";
import { form } from "../form";
import { claimsOf } from "../jwt";
import { textButton } from "../parts";
import type { App, View } from "../view";
import { claimsTable } from "./claims";
import { rememberPanel } from "./remember";
import { tideGauge } from "./tide";

/** Who is signed in, what the tokens say and how long they last. */
export function signedInView(app: App, session: Session, askToRemember: boolean): View {
  const { user } = session;
  const refresh = form({
    testId: "refresh-form",
    fields: [],
    submit: "Refresh now",
    busy: "Refreshing…",
    run: async (signal) => {
      await app.auth.session({ forceRefresh: true, signal });
    },
  });
  const tide = tideGauge(refresh.element);
  const tokens = h("div", { class: "tokens" });
  const show = (shown: Session): void => {
    const access = claimsOf(shown.accessToken) ?? {};
    const issuedAt = typeof access["iat"] === "number" ? access["iat"] : shown.expiresAt - 3600;
    tide.rise(issuedAt, shown.expiresAt);
    tokens.replaceChildren(
      claimsTable("ID token", "id-claims", "Who you are: for this page.", shown.idToken ? claimsOf(shown.idToken) : null),
      claimsTable("Access token", "access-claims", "What you may do: for the API.", access),
    );
  };
  show(session);
  const stopListening = [
    app.auth.on("refreshed", () => void app.auth.session().then((next) => next && show(next), () => undefined)),
    app.auth.on("statusChanged", ({ status }) => tell(status)),
  ];
  const connection = h("p", { class: "hint", role: "status", "data-testid": "status" });
  const tell = (status: AuthStatus): void => {
    connection.dataset.status = status;
    connection.textContent = CONNECTION[status];
  };
  tell(app.auth.status);
  const signOut = signOutForm(app);
  const remember = askToRemember ? rememberPanel(app) : null;
  return {
    title: `Welcome, ${displayName(user)}`,
    testId: "view-signed-in",
    width: "wide",
    content: [
      h("p", { class: "lead" }, "You are in, and safely between the flags."),
      connection,
      ...(remember ? [remember.element] : []),
      h("div", { class: "dashboard" }, identityCard(user, signOut.element), tide.element),
      tokens,
    ],
    leave: () => {
      tide.stop();
      for (const stop of stopListening) stop();
      for (const each of [refresh, signOut, remember]) each?.cancel();
    },
  };
}

/** What the page says of the way to the pool; nothing where all is well. */
const CONNECTION: Record<AuthStatus, string> = {
  loading: "",
  ok: "",
  degraded: "The pool cannot be had at the moment. You stay signed in.",
  offline: "You are offline. You stay signed in.",
  signedOut: "",
};

function signOutForm(app: App): ReturnType<typeof form> {
  const leave = async (signal: AbortSignal, global: boolean): Promise<void> => {
    app.go({ name: "signIn", notice: farewell(await app.auth.signOut({ signal, global })) });
  };
  const everywhere = textButton("Sign out on all devices", "sign-out-everywhere", () => {
    void made.perform("Signing out…", (signal) => leave(signal, true));
  });
  const made = form({
    testId: "sign-out-form",
    fields: [],
    submit: "Sign out",
    busy: "Signing out…",
    run: (signal) => leave(signal, false),
    extra: [h("p", { class: "aside" }, everywhere)],
  });
  return made;
}

function farewell({ cleared, revoked, everywhere }: SignOutResult): string {
  if (!cleared) return "You are signed out, but your browser would not let go of what it kept. Clear this site's data.";
  if (everywhere) return "You are signed out on all devices.";
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
    h("p", { class: "crosslink" }, h("a", { href: "#account", "data-testid": "to-account" }, "Your account")),
    h("p", { class: "crosslink" }, h("a", { href: "#security", "data-testid": "to-security" }, "Passkeys, second factors, devices")),
    signOut,
  );
}

function fact(name: string, value: string, testId: string): HTMLElement[] {
  return [h("dt", {}, name), h("dd", { "data-testid": testId }, value)];
}

/** From place to place: one view at a time, focus and title with it. */
import type { Challenge } from "lifeguard-cognito";
import { announce } from "./announce";
import { h } from "./dom";
import type { App, Place, View } from "./view";
import { accountView } from "./views/account/index";
import { challengeView } from "./views/challenges/index";
import { confirmSignUpView } from "./views/confirm-sign-up";
import { forgotPasswordView } from "./views/forgot-password";
import { resetPasswordView } from "./views/reset-password";
import { otherWayView } from "./views/challenges/select";
import { securityView } from "./views/security/index";
import { signInView } from "./views/sign-in";
import { signUpView } from "./views/sign-up";
import { signedInView } from "./views/signed-in";
import { failedView } from "./views/trouble";

/** Places that have an address. It never carries a name, a code or a token. */
const ADDRESSES: Partial<Record<Place["name"], string>> = {
  signIn: "#sign-in",
  signUp: "#sign-up",
  forgotPassword: "#forgot-password",
  security: "#security",
  account: "#account",
};

/** Pages of whoever is signed in. */
const OWN = ["view-signed-in", "view-security", "view-account"];

/** Places for people who are not signed in. */
type OpenPlace = Exclude<Place, { name: "signedIn" } | { name: "security" } | { name: "account" }>;

/** Shows views in one element of the page. */
export class Router {
  #main: HTMLElement;
  #app: App | null = null;
  #current: View | null = null;
  /** Counts moves, so that a slow one does not overtake a later one. */
  #moves = 0;

  constructor(main: HTMLElement) {
    this.#main = main;
  }

  /** Shows the first view, and follows the address from then on. */
  async begin(app: App): Promise<void> {
    this.#app = app;
    window.addEventListener("popstate", () => void this.#enter());
    this.#followTabs(app);
    await this.#enter();
  }

  /** What happens to the session elsewhere happens here: another tab, or the pool itself. */
  #followTabs(app: App): void {
    app.auth.on("signedOut", ({ reason }) => {
      // A form at work is this tab's own sign-out, and says goodbye by itself.
      if (this.#isBusy() || !this.#isAt(...OWN)) return;
      const notice = reason === "refused" ? "Your session has ended. Sign in again." : "You signed out in another tab.";
      this.go({ name: "signIn", notice });
    });
    app.auth.on("userChanged", () => {
      if (this.#isAt(...OWN)) this.go({ name: "signedIn" });
    });
    app.auth.on("signedIn", () => {
      if (this.#isAt("view-sign-in") && !this.#isBusy()) this.go({ name: "signedIn" });
    });
  }

  #isBusy(): boolean {
    return this.#main.querySelector("form.busy") !== null;
  }

  #isAt(...views: string[]): boolean {
    return this.#current !== null && views.includes(this.#current.testId);
  }

  /** Goes to a place. */
  readonly go = (place: Place): void => {
    const address = ADDRESSES[place.name] ?? location.pathname + location.search;
    history.pushState(null, "", address);
    void this.#arrive(place);
  };

  /** Puts a view on the page. */
  show(view: View): void {
    const isFirst = this.#current === null;
    this.#current?.leave?.();
    this.#current = view;
    const heading = h("h1", { tabindex: "-1", "data-testid": "title" }, view.title);
    this.#main.dataset.testid = view.testId;
    const page = this.#main.closest<HTMLElement>(".page");
    if (page) page.dataset.view = view.testId;
    page?.classList.toggle("is-wide", view.width === "wide");
    this.#main.replaceChildren(heading, ...view.content);
    document.title = `${view.title} · Lifeguard`;
    // The first view leaves the focus alone: the reader begins at the top of the page.
    if (isFirst) return;
    (view.focus ?? heading).focus();
    announce(view.title);
    window.scrollTo({ top: 0 });
  }

  /** Whoever is signed in sees their own pages; everybody else what the address names. */
  async #enter(askToRemember = false): Promise<void> {
    const app = this.#app;
    if (!app) return;
    const move = ++this.#moves;
    try {
      const session = await app.auth.session();
      const pending = session ? [] : await app.auth.pendingSignIns();
      if (move !== this.#moves) return;
      if (session && location.hash === ADDRESSES.security) this.show(securityView(app));
      else if (session && location.hash === ADDRESSES.account) this.show(accountView(app));
      else if (session) this.show(signedInView(app, session, askToRemember));
      else {
        this.show(viewOf(app, placeAt(location.hash, pending.at(-1))));
        this.#prepare(app, move);
      }
    } catch (error) {
      if (move === this.#moves) this.show(failedView(error, () => void this.#enter()));
    }
  }

  /** The first sign-in is prepared; a page that is set up wrongly says so before anybody types. */
  #prepare(app: App, move: number): void {
    app.auth.preload().catch((error: unknown) => {
      if (move === this.#moves) this.show(failedView(error, () => void this.#enter()));
    });
  }

  async #arrive(place: Place): Promise<void> {
    const app = this.#app;
    if (!app) return;
    if (place.name === "signedIn" || place.name === "security" || place.name === "account") {
      await this.#enter(place.name === "signedIn" && place.askToRemember);
      return;
    }
    this.#moves += 1;
    this.show(viewOf(app, place));
  }
}

/** The place an address names; without one, a sign-in that a reload interrupted goes on. */
function placeAt(address: string, pending: Challenge | undefined): OpenPlace {
  if (address === ADDRESSES.signUp) return { name: "signUp" };
  if (address === ADDRESSES.forgotPassword) return { name: "forgotPassword" };
  if (address === "" && pending) return { name: "challenge", challenge: pending, notice: "Your sign-in goes on where you left it." };
  return { name: "signIn" };
}

function viewOf(app: App, place: OpenPlace): View {
  switch (place.name) {
    case "signIn":
      return signInView(app, place);
    case "signUp":
      return signUpView(app);
    case "forgotPassword":
      return forgotPasswordView(app, place);
    case "resetPassword":
      return resetPasswordView(app, place);
    case "confirmSignUp":
      return confirmSignUpView(app, place);
    case "challenge":
      return challengeView(app, place.challenge, place.notice);
    case "otherWay":
      return otherWayView(app, place.challenge);
  }
}

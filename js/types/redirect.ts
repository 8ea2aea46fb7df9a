/**
 * Sign-in through the pool's domain: by redirect, in a popup, silently.
 */
import type { CallOptions, User } from "./index.js";
import type { SignOutResult } from "./session.js";

/** What {@link "../types".AuthOptions.oauth} needs to know. */
export interface OAuthOptions {
  /**
   * The pool's domain: a host name (`example.auth.eu-west-1.amazoncognito.com`, or a custom one such as
   * `login.example.com`), or a base URL. Plain `http` on localhost only.
   */
  domain: string;
  /**
   * Addresses of the application at which responses arrive, exactly as the app client lists them
   * ("allowed callback URLs"). The one that is the page asking is used, else the only one of its origin.
   */
  redirectUris: readonly string[];
  /** Addresses for people who signed out, exactly as the app client lists them. */
  logoutUris?: readonly string[];
  /**
   * The bridge page, for {@link "../types".Auth.signInWithPopup} and for silent checks in a frame: a page of this origin
   * that calls `relay()` of `lifeguard-cognito/bridge`. The app client must list it as a callback URL.
   */
  popupUri?: string;
  /**
   * Scopes to ask for: `openid`, `email`, `phone`, `profile`, `aws.cognito.signin.user.admin`, and those of
   * resource servers. Ask for what the application needs; the last of those named lets it look after the account
   * (`auth.attributes`, `auth.mfa`, …). Default: all that the app client has.
   */
  scopes?: readonly string[];
}

/** What a sign-in through the pool's domain may be asked for. */
export interface RedirectInput extends Pick<CallOptions, "signal"> {
  /** Goes straight to one of the service's own providers, or to the pool's own sign-in page (`COGNITO`). */
  provider?: "Google" | "Facebook" | "Apple" | "Amazon" | "COGNITO";
  /** Goes straight to a provider by the name it has in the pool (SAML and OpenID Connect providers). */
  identityProvider?: string;
  /** Goes straight to a provider by one of its identifiers, such as a company's domain. */
  idpIdentifier?: string;
  /** What the person is going to type, to fill it in for them. */
  loginHint?: string;
  /** `login` asks for a new authentication; `select_account` and `consent` are the provider's to follow. */
  prompt?: "login" | "select_account" | "consent" | (string & {});
  /** Language of the managed login pages: `de`, `fr`, `pt-BR`, … */
  lang?: string;
  /** Instead of {@link OAuthOptions.scopes}. */
  scopes?: readonly string[];
  /** Where the application wants to go on afterwards: a path of this origin, beginning with one slash. */
  returnTo?: string;
  /** Anything JSON that is to come back with the result; 4 kB at most. It stays in this browser. */
  appState?: unknown;
  /** Further parameters of the request, such as `resource` or `max_age`. None of the flow's own. */
  extra?: Readonly<Record<string, string>>;
  /** Which of {@link OAuthOptions.redirectUris}, where more than one would do. */
  redirectUri?: string;
  /** Where this sign-in is kept. Default: the `storage` of `AuthOptions`. */
  persistence?: "local" | "session" | "memory";
}

/** What a sign-in through the pool's domain led to. */
export interface RedirectResult {
  /** Who signed in; the session is stored. */
  user: User;
  /** As it was given: a path of this origin. */
  returnTo?: string;
  /** As it was given. */
  appState?: unknown;
}

/** What a failed flow still knows of the application; it stands in {@link "../errors".AuthError.redirect}. */
export type RedirectState = Omit<RedirectResult, "user">;

/** A silent check. */
export interface SilentInput extends Omit<RedirectInput, "prompt"> {
  /**
   * `"redirect"` (default) takes the page to the pool's domain and back: it works in every browser. `"frame"` asks in a hidden
   * frame, with the bridge page: only where the pool has a custom domain on the application's own site, because
   * browsers send no cookies to frames of other sites.
   */
  mode?: "redirect" | "frame";
}

/** Where a sign-out through the pool's domain ends. */
export interface RedirectSignOutInput extends Pick<CallOptions, "signal"> {
  /** Which of {@link OAuthOptions.logoutUris}, where more than one would do. */
  logoutUri?: string;
  /** Ends at the sign-in page of the pool instead, as if {@link Redirects.signInWithRedirect} had been called. */
  backToSignIn?: boolean | Omit<RedirectInput, "signal">;
  /** Ends the person's sessions on every device too. Default `false`. */
  global?: boolean;
}

/** Sign-in through the pool's domain. */
export interface Redirects {
  /**
   * Leaves the page for the pool's domain, or straight for a provider. The promise never resolves; it rejects with
   * `redirectCancelled` when the user is back at this page: by the back button, or because an application of the
   * device opened instead of a page and they closed it.
   */
  signInWithRedirect(input?: RedirectInput): Promise<never>;
  /**
   * Takes the response, if there is one in the address of this page: call it once where the application starts, on
   * every address of {@link OAuthOptions.redirectUris}. Resolves to `null`, and touches nothing, where there is none, or
   * one that is not Lifeguard's. The address is cleaned once what finishes the sign-in is loaded, before anything is
   * sent: where it does not load, a reload tries again. Calls at the same time get the same answer, later ones `null`.
   */
  handleRedirect(): Promise<RedirectResult | null>;
  /**
   * Signs in with a window of its own; this page stays. Call it from a click, or the browser blocks the window. Ends with
   * `popupClosed` where the browser tells (with `Cross-Origin-Opener-Policy: same-origin` it does not: offer a
   * way out with `signal`), and after ten minutes at the latest.
   */
  signInWithPopup(input?: Omit<RedirectInput, "redirectUri">): Promise<RedirectResult>;
  /**
   * Signs in without asking the person anything, where the pool's domain knows them already; else the error is
   * `loginRequired`: of this call with `mode: "frame"`, else of {@link Redirects.handleRedirect}, after the page came back.
   * Without `mode: "frame"` a tab goes to the domain once a minute, unless it came back signed in: in between the call
   * rejects with `loginRequired` at once, so that an application may call this whenever it starts.
   */
  silentSignIn(input?: SilentInput): Promise<RedirectResult>;
  /** Address of the pool's sign-up page, for a link of this page: good for ten minutes and one use. */
  signUpUrl(input?: RedirectInput): Promise<string>;
  /**
   * Signs out here and at the service, then leaves the page for the pool's domain, whose own session ends too. Resolves
   * only where the user is back at this page. Until the domain has ended its session, for ten seconds at most, sign-ins of other
   * tabs that name no `prompt` ask for `login`: a tab that signs in whenever it is signed out would else be faster.
   */
  signOutWithRedirect(input?: RedirectSignOutInput): Promise<SignOutResult>;
}

/** What a view is, and the places a person can be at. */
import type { Auth, Challenge, CodeDelivery } from "lifeguard-cognito";
import type { Config } from "./config";

/** A place in the demo. `router.ts` says which have an address. */
export type Place =
  | { name: "signIn"; username?: string; password?: string; notice?: string }
  | { name: "signUp" }
  | { name: "forgotPassword"; username?: string; notice?: string }
  | { name: "resetPassword"; username: string; delivery?: CodeDelivery }
  | { name: "confirmSignUp"; username: string; delivery?: CodeDelivery; session?: string; notice?: string }
  | { name: "challenge"; challenge: Challenge; notice?: string }
  | { name: "otherWay"; challenge: Challenge }
  | { name: "signedIn"; askToRemember?: boolean }
  | { name: "security" }
  | { name: "account" };

/** What every view is given. */
export interface App {
  auth: Auth;
  config: Config;
  go(place: Place): void;
  /** First factors that the pool offered in the sign-in under way: for changing one's mind. */
  ways: string[];
}

/** What a view hands back. */
export interface View {
  /** Heading and document title. */
  title: string;
  /** Stable handle for stories. */
  testId: string;
  content: HTMLElement[];
  /** Takes the focus when the view appears. Default: the heading. */
  focus?: HTMLElement;
  /** `wide`: the view needs more than a form's width. */
  width?: "wide";
  /** Ends timers and calls when the person leaves. */
  leave?: () => void;
}

/** Which view puts which question to the person. A new question needs a file here and a row below. */
import type { Challenge } from "lifeguard-cognito";
import { notice } from "../../parts";
import type { App, View } from "../../view";
import { codeView } from "./code";
import { customView } from "./custom";
import { emailSetupView } from "./email-setup";
import { newPasswordView } from "./new-password";
import { otherView } from "./other";
import { passkeyView } from "./passkey";
import { passwordView } from "./password";
import { restartView } from "./restart";
import { mfaSetupView, selectFactorView, selectMfaView } from "./select";
import { totpView } from "./totp";
import { totpSetupView } from "./totp-setup";

/** The member of the union that carries this name, also where members share several names. */
type Named<N extends Challenge["name"], C = Challenge> = C extends Challenge ? (N extends C["name"] ? C : never) : never;

type Registry = { [N in Challenge["name"]]: (app: App, challenge: Named<N>) => View };

const VIEWS: Registry = {
  SMS_MFA: codeView,
  EMAIL_OTP: codeView,
  SMS_OTP: codeView,
  SOFTWARE_TOKEN_MFA: totpView,
  NEW_PASSWORD_REQUIRED: newPasswordView,
  SELECT_MFA_TYPE: selectMfaView,
  MFA_SETUP: mfaSetupView,
  SOFTWARE_TOKEN_SETUP: totpSetupView,
  EMAIL_SETUP: emailSetupView,
  SELECT_CHALLENGE: selectFactorView,
  PASSWORD: passwordView,
  PASSWORD_SRP: passwordView,
  WEB_AUTHN: passkeyView,
  CUSTOM_CHALLENGE: customView,
  RESTART: restartView,
  OTHER: otherView,
};

/** The view of a challenge, with a remark above it. */
export function challengeView(app: App, challenge: Challenge, remark?: string): View {
  // The table pairs each name with its own member; the index loses that pairing.
  const view = (VIEWS[challenge.name] as (app: App, challenge: Challenge) => View)(app, challenge);
  return { ...view, content: [...notice(remark), ...view.content] };
}

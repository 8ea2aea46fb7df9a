/** The package as a script sees it, without the demo around it. */
import * as lifeguard from "lifeguard-cognito";

declare global {
  interface Window {
    lifeguard?: typeof lifeguard;
  }
}

window.lifeguard = lifeguard;

// The clients as an application uses them: `signIn(settings, person)` resolves when the tokens are there.
import { amplify } from "./amplify.js";
import { identityJs } from "./identity-js.js";
import { lifeguard } from "./lifeguard.js";
import { passwordlessAuth } from "./passwordless-auth.js";

export const clients = [lifeguard, identityJs, amplify, passwordlessAuth];

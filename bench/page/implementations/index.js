// Who takes part. Each has a `name`, what it is (`about`), optionally `prepare()`, and `handshake(input)`, which does the
// whole arithmetic of one sign-in: its own ephemeral `a` and `A`, then x, S, the key and (where the library's smallest
// entry point goes that far) the signature. It returns `A` and the key or the signature, for the page to check.
import { amplify } from "./amplify.js";
import { bigint256, bigint1024 } from "./bigint.js";
import { identityJs } from "./identity-js.js";
import { kernel } from "./kernel.js";
import { lifeguard, lifeguardDevice, lifeguardPrepared } from "./lifeguard.js";
import { passwordlessAuth } from "./passwordless-auth.js";
import { srpHelper } from "./srp-helper.js";

export const peers = [identityJs, amplify, srpHelper, passwordlessAuth, bigint1024, bigint256];
export const ours = { package: [lifeguard, lifeguardDevice, lifeguardPrepared], kernel: [kernel] };

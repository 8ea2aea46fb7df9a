// What users do with each client, as small apps: each has the code for one journey and nothing else.

const keep = (names, from) => `import { ${names.join(", ")} } from "${from}"; globalThis.kept = [${names.join(", ")}];`;

const auth = `import { createAuth } from "lifeguard-cognito"; const auth = createAuth(globalThis.settings);`;
const signIn = `const { status } = await auth.signIn(user);`;

/**
 * Lifeguard's apps are run: `journey(user)` in the page is the journey, and what the browser loads until it ends is counted. It
 * must resolve to something (a response must be a good one: `/api` refuses requests without a token), and the pool must have been asked for exactly the operations in `asks`.
 * `before`: what happened earlier, in another app. `isLate`: the access token has expired since. `leaves`: the journey begins with
 * `leave()`, goes through the pool's managed login, and ends in a second load of the app. Without `journey`: every file of the
 * bundle counts.
 */
const lifeguard = [
  {
    journey: "signIn",
    about: "signs in; can answer every challenge",
    asks: ["InitiateAuth", "RespondToAuthChallenge"],
    source: `${auth} globalThis.journey = async (user) => { ${signIn} return status === "signedIn"; }; globalThis.answer = (challenge, answer) => auth.answerChallenge(challenge, answer);`,
  },
  {
    journey: "refresh",
    about: "comes back with an expired token",
    before: "signIn",
    isLate: true,
    asks: ["GetTokensFromRefreshToken"],
    source: `${auth} globalThis.journey = () => auth.getAccessToken();`,
  },
  {
    journey: "redirect",
    about: "signs in by redirect, reads the session, signs out",
    leaves: true,
    asks: ["RevokeToken", "jwks.json", "oauth2/token"],
    source: `${auth} globalThis.leave = () => { auth.signInWithRedirect(); };
      globalThis.journey = async () => { const back = await auth.handleRedirect(); const session = await auth.session(); await auth.signOut(); return back && session && true; };`,
  },
  { journey: "everything", about: "every call", source: `${auth} globalThis.kept = auth;` },
  {
    journey: "signedIn",
    about: "signed in already: a token for the first request",
    before: "signIn",
    asks: [],
    source: `${auth} globalThis.journey = () => auth.getAccessToken().then((token) => fetch("/api", { headers: { authorization: "Bearer " + token } }));`,
  },
  {
    journey: "signInRefreshSignOut",
    about: "signs in, refreshes once, signs out",
    asks: ["InitiateAuth", "RespondToAuthChallenge", "GetTokensFromRefreshToken", "RevokeToken"],
    source: `${auth} globalThis.journey = async (user) => { ${signIn} const session = await auth.session({ forceRefresh: true }); await auth.signOut(); return status === "signedIn" && session && true; };`,
  },
];

const amplifyAuth = (...names) => `import { Amplify } from "aws-amplify"; Amplify.configure(globalThis.settings); ${keep(names, "aws-amplify/auth")}`;
const amplify = [
  { journey: "signIn", source: amplifyAuth("signIn", "confirmSignIn", "fetchAuthSession") },
  { journey: "refresh", source: amplifyAuth("fetchAuthSession") },
  { journey: "redirect", source: `import "aws-amplify/auth/enable-oauth-listener"; ${amplifyAuth("signInWithRedirect", "fetchAuthSession", "signOut")}` },
  { journey: "everything", source: `import { Amplify } from "aws-amplify"; import * as auth from "aws-amplify/auth"; import "aws-amplify/auth/enable-oauth-listener"; Amplify.configure(globalThis.settings); globalThis.kept = auth;` },
  { journey: "signedIn", source: amplifyAuth("fetchAuthSession") },
  { journey: "signInRefreshSignOut", source: amplifyAuth("signIn", "confirmSignIn", "fetchAuthSession", "signOut") },
];

// A bundler cannot leave any of its code out, so that the journeys differ by next to nothing. It has no sign-in by redirect.
const identityJs = [
  { journey: "signIn", source: keep(["CognitoUser", "CognitoUserPool", "AuthenticationDetails"], "amazon-cognito-identity-js") },
  { journey: "refresh", source: keep(["CognitoUserPool"], "amazon-cognito-identity-js") },
  { journey: "everything", source: `import * as client from "amazon-cognito-identity-js"; globalThis.kept = client;` },
  { journey: "signedIn", source: keep(["CognitoUserPool"], "amazon-cognito-identity-js") },
  { journey: "signInRefreshSignOut", source: keep(["CognitoUser", "CognitoUserPool", "AuthenticationDetails"], "amazon-cognito-identity-js") },
];

const passwordless = "amazon-cognito-passwordless-auth";
const parts = (...all) =>
  `import { Passwordless } from "${passwordless}"; Passwordless.configure(globalThis.settings); ${all.map(([part, names], index) => `import { ${names.map((name) => `${name} as ${name}${index}`).join(", ")} } from "${passwordless}/${part}";`).join(" ")}
  globalThis.kept = [${all.flatMap(([, names], index) => names.map((name) => `${name}${index}`)).join(", ")}];`;
const passwordlessParts = ["srp", "plaintext", "fido2", "magic-link", "sms-otp-stepup", "refresh", "common", "storage"];
const passwordlessAuth = [
  { journey: "signIn", source: parts(["srp", ["authenticateWithSRP"]]) },
  { journey: "refresh", source: parts(["storage", ["retrieveTokens"]], ["refresh", ["refreshTokens"]]) },
  { journey: "everything", source: `${passwordlessParts.map((part, index) => `import * as part${index} from "${passwordless}/${part}";`).join(" ")} ${parts(["storage", ["retrieveTokens"]])} globalThis.all = [${passwordlessParts.map((_part, index) => `part${index}`).join(", ")}];` },
  { journey: "signedIn", source: parts(["storage", ["retrieveTokens"]]) },
  { journey: "signInRefreshSignOut", source: parts(["srp", ["authenticateWithSRP"]], ["refresh", ["refreshTokens"]], ["common", ["signOut"]]) },
];

export const journeys = {
  lifeguard,
  "aws-amplify": amplify,
  "amazon-cognito-identity-js": identityJs,
  [passwordless]: passwordlessAuth,
};

/** Names of all journeys, in the order in which they are printed. */
export const journeyNames = lifeguard.map(({ journey }) => journey);

// Compiled, never run: what an application may rely on when it switches on results and challenges.
import { createAuth, type Auth, type Challenge, type SignInResult } from "lifeguard-cognito";
import { type Equal, expectType } from "./expect.js";

declare const result: SignInResult;
declare const challenge: Challenge;

if (result.status === "signedIn") {
  expectType<string>(result.user.username);
  expectType<string>(result.user.sub);
  expectType<string[]>(result.user.groups);
  expectType<string | undefined>(result.user.claims.email);
  // @ts-expect-error a finished sign-in asks nothing
  result.challenge;
} else {
  expectType<Challenge>(result.challenge);
  expectType<string>(result.challenge.username);
  // @ts-expect-error nobody is signed in yet
  result.user;
}

/** Each name narrows to the fields of that challenge and of no other. */
export function describe(asked: Challenge): string {
  switch (asked.name) {
    case "SMS_MFA":
    case "EMAIL_OTP":
    case "SMS_OTP":
      expectType<"SMS" | "EMAIL" | undefined>(asked.medium);
      return asked.destination ?? "somewhere";
    case "SOFTWARE_TOKEN_MFA":
      // @ts-expect-error an authenticator app has no destination
      asked.destination;
      return asked.friendlyDeviceName ?? "the app";
    case "NEW_PASSWORD_REQUIRED":
      expectType<Record<string, string>>(asked.userAttributes);
      return asked.requiredAttributes.join();
    case "SELECT_MFA_TYPE":
    case "MFA_SETUP":
      return asked.options.join();
    case "SOFTWARE_TOKEN_SETUP":
      return asked.secretCode;
    case "EMAIL_SETUP":
      // @ts-expect-error asks for an address, offers none
      asked.options;
      return "e-mail";
    case "SELECT_CHALLENGE":
      return asked.options.join();
    case "PASSWORD":
    case "PASSWORD_SRP":
      return "password";
    case "WEB_AUTHN":
      return String(asked.options["challenge"]);
    case "CUSTOM_CHALLENGE":
      return asked.parameters["question"] ?? "";
    case "RESTART":
      return asked.username;
    case "OTHER":
      expectType<Record<string, string>>(asked.parameters);
      return asked.challengeName;
    default:
      // Nothing is left: a new challenge in the union would show here.
      return asked satisfies never;
  }
}

export async function signIn(auth: Auth): Promise<void> {
  const first = await auth.signIn({ username: "ada", password: "secret" });
  expectType<Equal<typeof first, SignInResult>>(true);
  if (first.status !== "challenge") return;

  if (first.challenge.name === "NEW_PASSWORD_REQUIRED") {
    await auth.answerChallenge(first.challenge, { newPassword: "x", attributes: { name: "Ada" } });
    // @ts-expect-error a code does not answer this question
    await auth.answerChallenge(first.challenge, { code: "123456" });
  }
  if (first.challenge.name === "SOFTWARE_TOKEN_MFA") {
    await auth.answerChallenge(first.challenge, {
      code: "123456",
      signal: AbortSignal.timeout(1000),
    });
    // @ts-expect-error the code is missing
    await auth.answerChallenge(first.challenge, {});
  }
  if (first.challenge.name === "CUSTOM_CHALLENGE") {
    await auth.answerChallenge(first.challenge, { answer: "42" });
  }
  if (first.challenge.name === "EMAIL_OTP") {
    await auth.answerChallenge(first.challenge, { option: "PASSWORD_SRP", password: "secret" });
  }
  if (first.challenge.name === "WEB_AUTHN") {
    await auth.answerChallenge(first.challenge, { mediation: "conditional" });
  }
  const waiting: Challenge[] = await auth.pendingSignIns();
  await Promise.all(waiting.map((asked) => auth.cancelChallenge(asked)));
}

export const auth: Auth = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example" });
// @ts-expect-error the pool must be named
createAuth({ clientId: "1example" });
// @ts-expect-error no such flow
void auth.signIn({ username: "ada", authFlow: "ADMIN_NO_SRP_AUTH" });
void challenge;

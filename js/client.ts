/**
 * The object applications hold. Awaits, forwards and converts errors: what Lifeguard decides, it
 * decides in the core.
 */
import { connect } from "./core.js";
import { createFactors } from "./factors.js";
import { createSignIn } from "./sign-in.js";
import type {
  Auth,
  AuthOptions,
  CallOptions,
  CodeSentResult,
  ConfirmSignUpResult,
  Session,
  SignOutResult,
  SignUpResult,
} from "./types.js";

/**
 * Sign-in for one app client of one user pool. Does nothing until its first call.
 *
 * @example
 * const auth = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789" });
 * const result = await auth.signIn({ username, password });
 */
export function createAuth(options: AuthOptions): Auth {
  const call = connect(options);
  /** Most calls: input through, result back. */
  function forward<T>(operation: Parameters<typeof call>[0], input: CallOptions = {}): Promise<T> {
    const { signal, ...rest } = input;
    return call<T>(operation, rest, signal);
  }

  return {
    preload: () => call("prepare"),

    ...createSignIn(call, options),
    ...createFactors(call),

    signUp: (input) => forward<SignUpResult>("signUp", input),
    confirmSignUp: (input) => forward<ConfirmSignUpResult>("confirmSignUp", input),
    resendConfirmationCode: (input) => forward<CodeSentResult>("resendConfirmationCode", input),
    forgotPassword: (input) => forward<CodeSentResult>("forgotPassword", input),
    async confirmForgotPassword(input) {
      await forward("confirmForgotPassword", input);
    },

    session: (input) => forward<Session | null>("session", input),
    async getAccessToken(input) {
      return (await forward<Session | null>("session", input))?.accessToken ?? null;
    },
    async user(input) {
      return (await forward<Session | null>("session", input))?.user ?? null;
    },
    signOut: (input) => forward<SignOutResult>("signOut", input),
  };
}

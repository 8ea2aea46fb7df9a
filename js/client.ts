/**
 * The object applications hold. Awaits, forwards and converts errors: what Lifeguard decides, it
 * decides in the core.
 */
import { createAccount } from "./account.js";
import { createAws } from "./aws.js";
import type { Call, Operation } from "./core.js";
import { AuthError } from "./errors.js";
import { createFactors } from "./factors.js";
import { createHost } from "./host.js";
import { createSession } from "./session.js";
import { createSignIn } from "./sign-in.js";
import type {
  Auth,
  AuthOptions,
  CallOptions,
  CodeSentResult,
  ConfirmSignUpResult,
  Session,
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
  const host = createHost(options, (event) => session.notify(event));
  let core: Promise<Call> | undefined;

  /** Loads the core on first use: a page of somebody already signed in needs none. */
  const call: Call = async (operation, input, signal) => {
    if (signal?.aborted) throw new AuthError("aborted");
    core ??= import("./core.js").then(
      ({ connect }) => connect(options, host, session.seen),
      (cause: unknown) => {
        core = undefined;
        throw new AuthError("wasmUnavailable", { cause });
      },
    );
    return (await core)(operation, input, signal);
  };
  const session = createSession(options, host, call);

  /** Most calls: input through, result back. */
  function forward<T>(operation: Operation, input: CallOptions = {}): Promise<T> {
    const { signal, ...rest } = input;
    return call<T>(operation, rest, signal);
  }

  /** A token for `auth.fetch`; a newer one where the API has just refused this one. */
  async function token(kind: "access" | "id", replacing?: string): Promise<string | null> {
    const pick = (live: Session | null) => (kind === "id" ? live?.idToken : live?.accessToken);
    const held = pick(await session.auth.session());
    if (replacing === undefined || held !== replacing) return held ?? null;
    return pick(await session.auth.session({ forceRefresh: true })) ?? null;
  }

  const rest: Omit<Auth, keyof typeof session.auth> = {
    preload: () => call("prepare"),

    async fetch(input, init) {
      const { createAuthFetch } = await import("./fetch.js");
      return createAuthFetch(options.fetch ?? { allow: [] }, token)(input, init);
    },

    ...createSignIn(call, options),
    ...createFactors(call),
    ...createAccount(call),
    ...createAws(call, options),

    signUp: (input) => forward<SignUpResult>("signUp", input),
    confirmSignUp: (input) => forward<ConfirmSignUpResult>("confirmSignUp", input),
    resendConfirmationCode: (input) => forward<CodeSentResult>("resendConfirmationCode", input),
    forgotPassword: (input) => forward<CodeSentResult>("forgotPassword", input),
    async confirmForgotPassword(input) {
      await forward("confirmForgotPassword", input);
    },
  };
  // Not by spreading: `status` is read at each use.
  return Object.assign(session.auth, rest);
}

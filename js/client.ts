/**
 * The object applications hold. Awaits, forwards and converts errors: what Lifeguard decides, it
 * decides in the core.
 */
import { connect } from "./core.js";
import { AuthError, PENDING } from "./errors.js";
import type {
  Auth,
  AuthOptions,
  CallOptions,
  Challenge,
  CodeSentResult,
  ConfirmSignUpResult,
  Session,
  SignInResult,
  SignOutResult,
  SignUpResult,
} from "./types.js";

/** What the core answers to a step of a sign-in. */
type CoreSignInResult =
  | Extract<SignInResult, { status: "signedIn" }>
  | { status: "challenge"; challenge: Challenge; pending: object };

/** A question that waits for its answer: what the core wants back, and where the session goes. */
interface Waiting {
  pending: object;
  store: string;
}

/** More half-finished sign-ins than any page has: the oldest is forgotten. */
const MAX_WAITING = 16;

/**
 * Sign-in for one app client of one user pool. Does nothing until its first call.
 *
 * @example
 * const auth = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789" });
 * const result = await auth.signIn({ username, password });
 */
export function createAuth(options: AuthOptions): Auth {
  const call = connect(options);
  const waiting = new Map<string, Waiting>();

  /** Keeps what a question needs under an id, which becomes part of the question. */
  function ask(challenge: Challenge, entry: Waiting): Challenge {
    const id = crypto.getRandomValues(new Uint32Array(3)).join("-");
    waiting.set(id, entry);
    const [oldest] = waiting.keys();
    if (waiting.size > MAX_WAITING && oldest !== undefined) waiting.delete(oldest);
    return { ...challenge, id };
  }

  async function step(operation: "signIn" | "answer", input: object, store = "local", signal?: AbortSignal) {
    try {
      const result = await call<CoreSignInResult>(operation, { ...input, store }, signal);
      if (result.status === "signedIn") return result;
      const challenge = ask(result.challenge, { pending: result.pending, store });
      return { status: "challenge", challenge } satisfies SignInResult;
    } catch (error) {
      const failed = error as AuthError & { [PENDING]?: object };
      const pending = failed[PENDING];
      if (!failed.challenge || !pending) throw error;
      throw new AuthError(failed.code, { ...failed, challenge: ask(failed.challenge, { pending, store }) });
    }
  }

  /** Most calls: input through, result back. */
  function forward<T>(operation: Parameters<typeof call>[0], input: CallOptions = {}): Promise<T> {
    const { signal, ...rest } = input;
    return call<T>(operation, rest, signal);
  }

  return {
    preload: () => call("prepare"),

    signIn({ signal, persistence, ...input }) {
      return step("signIn", input, persistence ?? storeOf(options), signal);
    },
    async answerChallenge(challenge, { signal, ...answer }) {
      const entry = waiting.get(challenge.id);
      const result = await step("answer", { pending: entry?.pending, answer }, entry?.store, signal);
      waiting.delete(challenge.id);
      return result;
    },
    cancelChallenge(challenge) {
      waiting.delete(challenge.id);
    },

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

/** Where a session goes when a sign-in does not say. */
function storeOf({ storage }: AuthOptions): string {
  return typeof storage === "string" ? storage : "local";
}

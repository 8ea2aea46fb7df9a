/**
 * The conversation of a sign-in, as the page holds it: questions by their handles, several at once.
 * What an answer means, the core decides.
 */
import type { Call } from "../core/operations.js";
import { AuthError, QUESTION } from "../errors/auth-error.js";
import type { Auth, AuthOptions, Challenge, Session, SignInResult } from "../types/index.js";

/** A question, and what the core wants back with its answer. */
export interface Question {
  challenge: Challenge;
  /** `secret`: of a new authenticator app. */
  pending: { secret?: string };
  store: string;
}

/** What the core answers to a step. */
type SignedIn = Extract<SignInResult, { status: "signedIn" }>;
type Step = (Omit<SignedIn, "user"> & { record: string }) | ({ status: "challenge" } & Question);

/** More half-finished sign-ins than any page has: the oldest is forgotten. */
const MAX_WAITING = 16;

/** An error with the question from which the sign-in goes on. */
type Failure = AuthError & { [QUESTION]?: Question };

export function createSignIn(
  call: Call,
  options: AuthOptions,
  readSession: (record: string) => Session,
): Pick<Auth, "signIn" | "answerChallenge" | "cancelChallenge" | "pendingSignIns"> {
  const waiting = new Map<string, Question>();

  /** What outlives the page, where the application wants that: without it the sign-in goes on. */
  const resume = async () => {
    if (!options.resumeSignIn) return undefined;
    const loaded = await import("./pending-store.js").catch(() => undefined);
    return loaded?.createResume(options);
  };

  /** Lets a question wait, in place of the one that was answered. */
  function keep({ challenge, pending, store }: Question): Challenge {
    waiting.delete(challenge.id);
    waiting.set(challenge.id, { challenge, pending, store });
    const [oldest] = waiting.keys();
    if (waiting.size > MAX_WAITING && oldest !== undefined) waiting.delete(oldest);
    return challenge;
  }

  /** Takes a step of a sign-in, which `asked` began with where it answers a question. */
  async function step(
    operation: "signIn" | "answer",
    input: object,
    signal?: AbortSignal,
    asked?: string,
  ): Promise<SignInResult> {
    let next: Question | undefined;
    let isAnswered = true;
    try {
      const result = await call<Step>(operation, input, signal);
      if (result.status === "signedIn") {
        const { record, ...rest } = result;
        return { ...rest, user: readSession(record).user };
      }
      next = result;
      return { status: "challenge", challenge: result.challenge };
    } catch (error) {
      next = (error as Failure)[QUESTION];
      isAnswered = next !== undefined;
      throw error;
    } finally {
      if (isAnswered && asked !== undefined) waiting.delete(asked);
      if (next) keep(next);
      const kept = await resume();
      if (isAnswered && asked !== undefined) kept?.forget(asked);
      if (next) kept?.keep(next);
    }
  }

  return {
    async signIn(given) {
      if (!given) throw new AuthError("misuse", { detail: "signIn needs an object" });
      const { signal, persistence, ...input } = given;
      const { storage } = options;
      const store = persistence ?? (typeof storage === "string" ? storage : "local");
      return step("signIn", { ...input, store }, signal);
    },

    async answerChallenge(challenge, given) {
      if (!challenge)
        throw new AuthError("misuse", { detail: "answerChallenge needs a challenge" });
      const { id } = challenge;
      // Some challenges need no more than that: a passkey's.
      const { signal, timeoutMs, ...answer } = given ?? ({} as NonNullable<typeof given>);
      const asked = waiting.get(id);
      const input = { id, pending: asked?.pending, store: asked?.store, answer, timeoutMs };
      return step("answer", input, signal, id);
    },

    async cancelChallenge(challenge) {
      if (!challenge)
        throw new AuthError("misuse", { detail: "cancelChallenge needs a challenge" });
      const { id } = challenge;
      waiting.delete(id);
      (await resume())?.forget(id);
    },

    async pendingSignIns() {
      const kept = await resume();
      const entries = kept?.all() ?? [];
      for (const entry of entries) {
        if (waiting.has(entry.id)) continue;
        try {
          keep(await call<Question>("question", entry));
        } catch (error) {
          // What another version kept cannot be read any more; everything else may pass.
          if ((error as AuthError).code !== "misuse") throw error;
          kept?.forget(entry.id);
        }
      }
      const all = [...waiting.values()].map(({ challenge }) => challenge);
      // One that is kept no more was answered in another tab.
      return kept?.everyTab
        ? all.filter(({ id }) => entries.some((entry) => entry.id === id))
        : all;
    },
  };
}

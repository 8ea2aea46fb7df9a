/**
 * The conversation of a sign-in, as the page holds it: questions by their handles, several at once.
 * What an answer means, the core decides.
 */
import type { Call } from "./core.js";
import { type AuthError, QUESTION } from "./auth-error.js";
import type { Auth, AuthOptions, Challenge, SignInResult } from "./types.js";

/** A question, and what the core wants back with its answer. */
export interface Question {
  challenge: Challenge;
  pending: unknown;
  store: string;
}

/** What the core answers to a step. */
type Step = Extract<SignInResult, { status: "signedIn" }> | ({ status: "challenge" } & Question);

/** More half-finished sign-ins than any page has: the oldest is forgotten. */
const MAX_WAITING = 16;

export function createSignIn(
  call: Call,
  { clientId, resumeSignIn, storage }: AuthOptions,
): Pick<Auth, "signIn" | "answerChallenge" | "cancelChallenge" | "pendingSignIns"> {
  const waiting = new Map<string, Question>();

  function keep({ challenge, pending, store }: Question): Challenge {
    waiting.delete(challenge.id);
    waiting.set(challenge.id, { challenge, pending, store });
    const [oldest] = waiting.keys();
    if (waiting.size > MAX_WAITING && oldest !== undefined) waiting.delete(oldest);
    return challenge;
  }

  async function step(
    operation: "signIn" | "answer",
    input: object,
    signal?: AbortSignal,
  ): Promise<SignInResult> {
    const result = await call<Step>(operation, input, signal);
    return result.status === "signedIn" ? result : { status: "challenge", challenge: keep(result) };
  }

  return {
    signIn({ signal, persistence, ...input }) {
      const store = persistence ?? (typeof storage === "string" ? storage : "local");
      return step("signIn", { ...input, store }, signal).catch((error: unknown) => {
        const question = (error as { [QUESTION]?: Question })[QUESTION];
        if (question) keep(question);
        throw error;
      });
    },

    async answerChallenge({ id }, { signal, timeoutMs, ...answer }) {
      const asked = waiting.get(id);
      try {
        const result = await step(
          "answer",
          { id, pending: asked?.pending, store: asked?.store, answer, timeoutMs },
          signal,
        );
        waiting.delete(id);
        return result;
      } catch (error) {
        const question = (error as AuthError & { [QUESTION]?: Question })[QUESTION];
        if (question) {
          // The question from which the sign-in goes on takes the place of the old one.
          waiting.delete(id);
          keep(question);
        }
        throw error;
      }
    },

    async cancelChallenge({ id }) {
      waiting.delete(id);
      if (resumeSignIn) await call("cancelSignIn", { id });
    },

    async pendingSignIns() {
      if (resumeSignIn && hasStored(clientId)) {
        const stored = await call<Question[]>("pendingSignIns");
        for (const question of stored) if (!waiting.has(question.challenge.id)) keep(question);
      }
      return [...waiting.values()].map(({ challenge }) => challenge);
    },
  };
}

/** Whether the WebAssembly has anything to read: a page where nobody was signing in does not load it. */
function hasStored(clientId: string): boolean {
  try {
    return globalThis.sessionStorage.getItem(`lifeguard.${clientId}.pending`) !== null;
  } catch {
    return false;
  }
}

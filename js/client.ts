/**
 * The object applications hold. Awaits, forwards and converts errors: what Lifeguard decides, it
 * decides in the core.
 */
import { createAccount } from "./account/account.js";
import { createFactors } from "./account/factors.js";
import type { Core } from "./core/core.js";
import { type Call, createRun, type Operation } from "./core/operations.js";
import type { CoreState } from "./core/run.js";
import { createHost } from "./effects/host.js";
import { AuthError } from "./errors/auth-error.js";
import { forgetResult, takeOnce } from "./redirect/callback.js";
import type { RedirectAnswer, RedirectPart, RedirectParts } from "./redirect/popup.js";
import { createSession, type Memory } from "./session/session.js";
import { createSignIn } from "./sign-in/sign-in.js";
import type {
  Auth,
  AuthOptions,
  CodeSentResult,
  ConfirmSignUpResult,
  SignUpResult,
} from "./types/index.js";

/** Operations that a session whose time is over does not hold up. */
const SIGN_IN: readonly Operation[] = ["signIn", "answer", "question", "signOut"];

/**
 * Sign-in for one app client of one user pool. Does nothing until its first call.
 *
 * @example
 * const auth = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789" });
 * const result = await auth.signIn({ username, password });
 */
export function createAuth(options: AuthOptions): Auth {
  const host = createHost(options);
  let core: Core | undefined;
  let loading: Promise<Core> | undefined;
  let state: CoreState = {};

  /** Loads the core on first use: a page of a user who is signed in already needs none. */
  function load(): Promise<Core> {
    loading ??= import("./core/core.js").then(
      ({ createCore }) => {
        core = createCore(options, host, state, (event) => {
          if ((event as { type?: string }).type === "signedOut") forgetResult(options);
          session.notify(event as never);
        });
        return core;
      },
      (cause: unknown) => {
        loading = undefined;
        return unavailable(cause);
      },
    );
    return loading;
  }

  const memory: Memory = {
    get state() {
      return core?.state ?? state;
    },
    update(change) {
      if (core) core.update(change);
      else state = Object.assign(state, change);
    },
  };

  /** What the session asks for itself: it has looked at its time. */
  const ask: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    if (signal?.aborted) throw new AuthError("aborted");
    return (await load()).call<T>(operation, input, signal);
  };
  /** What the application asks for: nothing is done any more for a user whose time is over. */
  const call: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    if (!SIGN_IN.includes(operation) && !signal?.aborted) await session.isOver();
    const result = await ask<T>(operation, input, signal);
    const { record } = (result ?? {}) as { record?: string };
    if (record !== undefined) await session.signedIn();
    return result;
  };
  const session = createSession(options, host, ask, memory);

  const [run, act] = createRun(call);

  /** Sign-in through the pool's domain, which most pages never load. */
  async function redirect<N extends keyof RedirectParts>(
    name: N,
    input: RedirectPart<N>,
  ): RedirectAnswer<N> {
    const { run } = await import("./redirect/popup.js").catch(unavailable);
    return run({ options, call, host, auth: session.auth }, name, input);
  }

  /** Most pages call nothing of AWS. */
  const aws = async () =>
    (await import("./http/aws.js").catch(unavailable)).createAws(call, options);

  const rest: Omit<Auth, keyof typeof session.auth> = {
    async preload() {
      const found = await session.findSafely();
      await (await load()).preload(Boolean(found));
    },

    async fetch(input, init) {
      const { createAuthFetch, tokensOf } = await import("./http/fetch.js");
      return createAuthFetch(options.fetch ?? { allow: [] }, tokensOf(session.auth))(input, init);
    },

    ...createSignIn(call, options),
    ...createFactors(run, act),
    ...createAccount(run, act),

    credentials: async (input) => (await aws()).credentials(input),
    signedFetch: async (input, init) => (await aws()).signedFetch(input, init),
    presign: async (input) => (await aws()).presign(input),

    signInWithRedirect: (input) => redirect("signIn", input),
    handleRedirect: () => takeOnce(options, (arrival) => redirect("finish", arrival)),
    // Opened now, while the browser still sees the click.
    signInWithPopup: (input) =>
      redirect("popup", {
        ...input,
        popup: globalThis.open?.("", "", "popup,width=480,height=720"),
      }),
    silentSignIn: (input) => redirect("silent", input),
    signUpUrl: (input) => redirect("signUpUrl", input),
    signOutWithRedirect: (input) => redirect("signOut", input),

    signUp: (input) => run<SignUpResult>("signUp", input),
    confirmSignUp: (input) => run<ConfirmSignUpResult>("confirmSignUp", input),
    resendConfirmationCode: (input) => run<CodeSentResult>("resendConfirmationCode", input),
    forgotPassword: (input) => run<CodeSentResult>("forgotPassword", input),
    confirmForgotPassword: (input) => act("confirmForgotPassword", input),
  };
  // Not by spreading: `status` is read at each use.
  return Object.assign(session.auth, rest);
}

/** A part of the package that did not load. */
function unavailable(cause: unknown): never {
  throw new AuthError("wasmUnavailable", { cause });
}

/**
 * The object applications hold. Awaits, forwards and converts errors: what Lifeguard decides, it
 * decides in the core.
 */
import { createAccount } from "./account/account.js";
import { forgetResult, takeOnce } from "./redirect/callback.js";
import type { Call, Operation, SignInOperation } from "./core/core.js";
import { AuthError } from "./errors/auth-error.js";
import { createFactors } from "./account/factors.js";
import { createHost, type Host } from "./effects/host.js";
import type { RedirectAnswer, RedirectPart, RedirectParts } from "./redirect/popup.js";
import { createRun } from "./core/operations.js";
import { createSession } from "./session/session.js";
import { createSignIn } from "./sign-in/sign-in.js";
import type {
  Auth,
  AuthOptions,
  CodeSentResult,
  ConfirmSignUpResult,
  SignUpResult,
  WasmModule,
} from "./types/index.js";

const SIGN_IN: readonly Operation[] = [
  "prepare",
  "signIn",
  "answer",
  "question",
] satisfies SignInOperation[];

/** Whether the module that signs people in has the operation. */
const isSignIn = (operation: Operation) => SIGN_IN.includes(operation);

/**
 * Sign-in for one app client of one user pool. Does nothing until its first call.
 *
 * @example
 * const auth = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789" });
 * const result = await auth.signIn({ username, password });
 */
export function createAuth(options: AuthOptions): Auth {
  const host = createHost(options);
  const cores: { [module in WasmModule]?: Promise<Call> | undefined } = {};

  /** Loads a module of the core on first use: a page of somebody already signed in needs none. */
  function core(module: WasmModule): Promise<Call> {
    const existing = cores[module];
    if (existing) return existing;
    const loading =
      module === "signIn" ? import("./core/core-sign-in.js") : import("./core/core-account.js");
    const connected: Promise<Call> = loading.then(
      ({ connect }) => {
        // What an account module tells that knows nothing of the newest sign-in is not news any more.
        const notify = (event: string) => {
          if (cores[module] !== connected) return;
          if (event.startsWith('{"type":"signedOut"')) forgetResult(options);
          session.notify(event);
        };
        const own: Host = Object.create(host, { notify: { value: notify } });
        return connect(options, own, session.known);
      },
      (cause: unknown) => {
        cores[module] = undefined;
        return unavailable(cause);
      },
    );
    cores[module] = connected;
    return connected;
  }

  /** What the session asks for itself: it has looked at its time. */
  const ask: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    if (signal?.aborted) throw new AuthError("aborted");
    if (!isSignIn(operation)) return (await core("account"))<T>(operation, input, signal);
    session.begin();
    const result = await (await core("signIn"))<T>(operation, input, signal);
    await session.settle();
    return result;
  };
  /** What the application asks for: nothing is done any more for a person whose time is over. */
  const call: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    if (!isSignIn(operation) && !signal?.aborted) await session.isOver();
    return ask<T>(operation, input, signal);
  };
  const session = createSession(options, host, ask, {
    isLoaded: () => cores.account !== undefined,
    // The next call begins with the session that has just been stored.
    replace() {
      cores.account = undefined;
    },
  });

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
    preload: () => call("prepare"),

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

/**
 * The object applications hold. It awaits, forwards and converts errors: the core decides.
 */
import type { createAccount } from "./account/account.js";
import { checkOptions } from "./check-options.js";
import type { Core, CoreState } from "./core/core.js";
import type { Call, Operation } from "./core/operations.js";
import { createHost } from "./effects/host.js";
import { AuthError } from "./errors/auth-error.js";
import { forgetResult, takeOnce } from "./redirect/callback.js";
import type { RedirectAnswer, RedirectPart, RedirectParts } from "./redirect/redirect.js";
import { once, unavailable } from "./once.js";
import { type CoreEvent, createSession, type SessionCore } from "./session/session.js";
import { readSession } from "./session/stored-session.js";
import type { createSignIn } from "./sign-in/sign-in.js";
import type { Auth, AuthOptions } from "./types/index.js";
import { outside } from "./zone.js";

type SignIns = ReturnType<typeof createSignIn>;
type AccountCalls = ReturnType<typeof createAccount>;
type Methods = Record<string, (input: unknown) => unknown>;

/** Operations that begin a session: whether the one before has timed out does not matter. */
const SIGN_IN: readonly Operation[] = ["prepare", "signIn", "answer", "question"];

/**
 * Sign-in for one app client of one user pool. Does nothing until its first call.
 *
 * @throws AuthError `misuse` for options that are missing or malformed.
 * @example
 * const auth = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789" });
 * const result = await auth.signIn({ username, password });
 */
export function createAuth(options: AuthOptions): Auth {
  checkOptions(options);
  const host = createHost(options);
  let core: Core | undefined;
  /** The state of this pool, until the core is there to keep it. */
  let state: CoreState = {};

  /** Loads the core on first use: a page whose user has a live session needs none. */
  const load = once<Core>(async () => {
    // Its file beside its code, where it may run. What fails is told by who reads it.
    if (globalThis.WebAssembly && !options.wasm) host.file().catch(() => {});
    const { createCore } = await import("./core/core.js");
    core = createCore(options, host, notify, session.find);
    core.update(state);
    return core;
  });

  function notify(event: CoreEvent): void {
    if (event.type === "signedOut") forgetResult(options);
    session.notify(event);
  }

  const ready = () => Promise.all([load(), session.load()]);

  /** What the session asks for itself: it has looked at its time. */
  const ask: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    if (signal?.aborted) throw new AuthError("aborted");
    try {
      const [core] = await ready();
      return await core.call<T>(operation, input, signal);
    } catch (error) {
      // Whatever has been loaded of the package: a device without a connection is the cause.
      if ((error as AuthError).code === "wasmUnavailable") unavailable(error);
      throw error;
    }
  };
  /** What the application asks for: nothing is done any more for a user whose time is over. */
  const call: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    if (!SIGN_IN.includes(operation) && !signal?.aborted) await session.isOver();
    return ask<T>(operation, input, signal);
  };
  const sessionCore: SessionCore = {
    call: ask,
    get state() {
      return core?.state ?? state;
    },
    update(change) {
      if (core) core.update({ ...change });
      else state = { ...state, ...change };
    },
    isLoaded: () => core?.isLoaded() ?? false,
  };
  const session = createSession(options, host, sessionCore);

  /** Sign-in through the pool's domain, which most pages never load. */
  async function redirect<N extends keyof RedirectParts>(
    name: N,
    input: RedirectPart<N>,
  ): RedirectAnswer<N> {
    const { run } = await import("./redirect/redirect.js").catch(unavailable);
    return run(
      { options, call, load: ready, host, auth: session.auth, unavailable, readSession, outside },
      name,
      input,
    );
  }

  /** Most pages call nothing of AWS. */
  const aws = async () =>
    (await import("./http/aws.js").catch(unavailable)).createAws(call, options);

  /** Unfinished sign-ins, which the page of a user who is signed in does not need. */
  const signIns = once<SignIns>(async () =>
    (await import("./sign-in/sign-in.js")).createSignIn(call, options, readSession),
  );
  /** Most pages call nothing of the account. */
  const account = once<AccountCalls>(async () =>
    (await import("./account/account.js")).createAccount(call),
  );
  /** Methods of the account by name, in the group that they are in. */
  const methods = <G>(names: string, group: (account: AccountCalls) => object) =>
    Object.fromEntries(
      names
        .split(" ")
        .map((name) => [
          name,
          async (input: unknown) => (group(await account()) as Methods)[name]?.(input),
        ]),
    ) as unknown as G;

  const rest: Omit<Auth, keyof typeof session.auth | "fetch" | "signedFetch"> = {
    async preload() {
      const [core] = await Promise.all([load(), signIns(), session.load()]).catch(unavailable);
      await core.preload();
    },

    async signIn(input) {
      // Both at once: what signs in, and what it needs.
      ready().catch(() => {});
      return (await signIns()).signIn(input);
    },
    answerChallenge: async (challenge, answer) =>
      (await signIns()).answerChallenge(challenge, answer),
    cancelChallenge: async (challenge) => (await signIns()).cancelChallenge(challenge),
    pendingSignIns: async () => (await signIns()).pendingSignIns(),
    mfa: methods("setUpTotp verifyTotp setPreference preference factors", ({ mfa }) => mfa),
    devices: methods("list get remember doNotRemember forget", ({ devices }) => devices),
    passkeys: {
      isSupported,
      ...methods<Omit<Auth["passkeys"], "isSupported">>(
        "capabilities register list delete",
        ({ passkeys }) => passkeys,
      ),
    },
    attributes: methods("get update delete sendCode verify", ({ attributes }) => attributes),
    ...methods<Omit<AccountCalls, "mfa" | "devices" | "passkeys" | "attributes">>(
      "changePassword deleteUser signUp confirmSignUp resendConfirmationCode forgotPassword confirmForgotPassword",
      (account) => account,
    ),

    credentials: async (input) => (await aws()).credentials(input),
    presign: async (input) => (await aws()).presign(input),

    signInWithRedirect: (input) => redirect("signIn", input),
    handleRedirect: () => takeOnce(options, (arrival) => redirect("finish", arrival)),
    async signInWithPopup(input) {
      // Opened now, while the browser still sees the click.
      const popup = globalThis.open?.("", "", "popup,width=480,height=720");
      try {
        return await redirect("popup", { ...input, popup });
      } finally {
        // Also where the code for it does not load.
        popup?.close();
      }
    },
    silentSignIn: (input) => redirect("silent", input),
    signUpUrl: (input) => redirect("signUpUrl", input),
    signOutWithRedirect: (input) => redirect("signOut", input),
  };
  const plain: Pick<Auth, "fetch" | "signedFetch"> = {
    async fetch(input, init) {
      const { createAuthFetch, tokensOf } = await import("./http/fetch.js").catch(unavailable);
      return createAuthFetch(options.fetch ?? { allow: [] }, tokensOf(session.auth))(input, init);
    },
    signedFetch: async (input, init) => (await aws()).signedFetch(input, init),
  };
  const { session: read, getAccessToken, user, signOut } = session.auth;
  const guarded = guardAll({ session: read, getAccessToken, user, signOut, ...rest });
  // Not by spreading: `status` is read at each use.
  return Object.assign(session.auth, guarded, plain);
}

/** Passkeys need a secure context; typed as what may be missing: older browsers have parts of it. */
function isSupported(): boolean {
  const { isSecureContext, navigator, PublicKeyCredential } = globalThis as Partial<
    typeof globalThis
  >;
  return Boolean(isSecureContext && navigator?.credentials && PublicKeyCredential);
}

/** Methods, and methods in groups, that reject with an `AuthError` only. */
function guardAll<T extends object>(methods: T): T {
  return Object.fromEntries(
    Object.entries(methods).map(([name, value]) => [
      name,
      typeof value === "object" ? guardAll(value) : name === "isSupported" ? value : guard(value),
    ]),
  ) as T;
}

function guard<M extends (...input: never[]) => unknown>(method: M): M {
  const guarded = async (...input: Parameters<M>) => {
    try {
      return await method(...input);
    } catch (cause) {
      if (cause instanceof AuthError) throw cause;
      // What destructuring, or reading, of an argument that was left out ends with.
      const isLeftOut = cause instanceof TypeError && input.some((one) => !one);
      throw isLeftOut || (cause instanceof TypeError && input.length < method.length)
        ? new AuthError("misuse", { detail: "an argument is missing", cause })
        : new AuthError("internal", { cause });
    }
  };
  return guarded as unknown as M;
}

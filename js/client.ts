/**
 * The object applications hold. It awaits, forwards and converts errors: the core decides.
 */
import type { createAccount } from "./account/account.js";
import { checkOptions } from "./check-options.js";
import type { Core, CoreState } from "./core/core.js";
import type { Call, Operation } from "./core/operations.js";
import { createHost } from "./effects/host.js";
import { AuthError } from "./errors/auth-error.js";
import { forgetResult, takeOnce, untilTaken } from "./redirect/callback.js";
import type { RedirectMethods } from "./redirect/redirect.js";
import { abortable, inTime, once, unavailable } from "./once.js";
import { type CoreEvent, createSession, type SessionCore } from "./session/session.js";
import { readSession } from "./session/stored-session.js";
import type { createSignIn } from "./sign-in/sign-in.js";
import type { Auth, AuthOptions, Aws, CallOptions } from "./types/index.js";
import { outside } from "./zone.js";

type SignIns = ReturnType<typeof createSignIn>;
type AccountCalls = ReturnType<typeof createAccount>;
type Methods = Record<string, (...input: unknown[]) => unknown>;

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
  const load = once(
    () => {
      // Its file beside its code. Whoever reads it reports a failure.
      if (!options.wasm) host.file().catch(() => {});
      return import("./core/core.js");
    },
    ({ createCore }) => {
      core = createCore(options, host, notify, session.find);
      core.update(state);
      return core;
    },
  );

  function notify(event: CoreEvent): void {
    if (event.type === "signedOut") forgetResult(options);
    session.notify(event);
  }

  const ready = () => Promise.all([load(), session.load()]);

  /**
   * What the session asks for itself: it has looked at its time; and what begins a session: whether the one before has
   * timed out does not matter.
   */
  const ask: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    try {
      const [core] = await ready();
      return await core.call<T>(operation, input, signal);
    } catch (error) {
      // Whatever has been loaded of the package: a device without a connection is the cause.
      if ((error as AuthError).code === "wasmUnavailable") unavailable(error);
      throw error;
    }
  };
  /** What is for the user who is signed in: a response in the address may be about to say who, or their time is over. */
  const call: Call = async <T>(operation: Operation, input?: object, signal?: AbortSignal) => {
    await untilTaken(options, signal);
    await session.isOver();
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
  const redirects = once(
    () => import("./redirect/redirect.js"),
    ({ createRedirects }) => {
      const { auth } = session;
      return createRedirects({
        options,
        call: ask,
        load: ready,
        host,
        auth,
        inTime,
        readSession,
        outside,
      });
    },
  );
  /** Most pages call nothing of AWS. */
  const aws = once(
    () => import("./http/aws.js"),
    ({ createAws }) => createAws(call, options),
  );
  /** Unfinished sign-ins, which the page of a user who is signed in does not need. */
  const signIns = once(
    () => import("./sign-in/sign-in.js"),
    ({ createSignIn }) => createSignIn(ask, options, readSession),
  );
  /** Most pages call nothing of the account. */
  const account = once(
    () => import("./account/account.js"),
    ({ createAccount }) => createAccount(call),
  );
  /** Methods by name of what `load` loads, or of a group in it. */
  const methods = <G>(load: () => Promise<object>, names: string, group = "") =>
    Object.fromEntries(
      names.split(" ").map((name) => [
        name,
        async (input: unknown, ...more: unknown[]) => {
          const part = (await load()) as Methods & Record<string, Methods>;
          return (part[group] ?? part)[name]?.(input, ...more);
        },
      ]),
    ) as unknown as G;

  const rest: Omit<Auth, keyof typeof session.auth | "fetch" | "signedFetch"> = {
    async preload() {
      const [core] = await Promise.all([load(), signIns(), session.load()]);
      await core.preload();
    },

    async signIn(input) {
      // Both at once: what signs in, and what it needs.
      ready().catch(() => {});
      return (await signIns()).signIn(input);
    },
    ...methods<Omit<SignIns, "signIn">>(signIns, "answerChallenge cancelChallenge pendingSignIns"),
    mfa: methods(account, "setUpTotp verifyTotp setPreference preference factors", "mfa"),
    devices: methods(account, "list get remember doNotRemember forget", "devices"),
    passkeys: {
      isSupported,
      ...methods<Omit<Auth["passkeys"], "isSupported">>(
        account,
        "capabilities register list delete",
        "passkeys",
      ),
    },
    attributes: methods(account, "get update delete sendCode verify", "attributes"),
    ...methods<Omit<AccountCalls, "mfa" | "devices" | "passkeys" | "attributes">>(
      account,
      "changePassword deleteUser signUp confirmSignUp resendConfirmationCode forgotPassword confirmForgotPassword",
    ),
    ...methods<Omit<Aws, "signedFetch">>(aws, "credentials presign"),

    ...methods<Omit<RedirectMethods, "finish" | "popup">>(
      redirects,
      "signInWithRedirect silentSignIn signUpUrl signOutWithRedirect",
    ),
    handleRedirect: () => takeOnce(options, async (arrival) => (await redirects()).finish(arrival)),
    async signInWithPopup(input) {
      // Opened now, while the browser still sees the click.
      const popup = globalThis.open?.("", "", "popup,width=480,height=720");
      try {
        return await abortable(input?.signal, async () =>
          (await redirects()).popup({ ...input, popup }),
        );
      } finally {
        // Also where the code for it does not load, or not before an abort.
        popup?.close();
      }
    },
  };
  const authFetch = once(
    () => import("./http/fetch.js"),
    ({ fetchOf }) => fetchOf(options, session.auth),
  );
  /** What ends as the browser's own `fetch` does, also by an abort while it loads. */
  const plainly =
    (load: () => Promise<typeof fetch>): typeof fetch =>
    async (input, init) => {
      const { signal } = init?.signal ? init : ((input ?? {}) as Partial<Request>);
      return abortable(signal, async () => (await load())(input, init)).catch((cause) => {
        throw signal?.aborted ? signal.reason : cause;
      });
    };
  const plain: Pick<Auth, "fetch" | "signedFetch"> = {
    fetch: plainly(authFetch),
    signedFetch: plainly(async () => (await aws()).signedFetch),
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
    const signal = (input as (CallOptions | undefined)[]).find((one) => one?.signal)?.signal;
    try {
      return await abortable(signal, async () => method(...input));
    } catch (cause) {
      if (cause instanceof AuthError) throw cause;
      // What destructuring, or reading, of an argument that was left out ends with.
      const isLeftOut =
        cause instanceof TypeError && (input.length < method.length || input.some((one) => !one));
      throw isLeftOut
        ? new AuthError("misuse", { detail: "an argument is missing", cause })
        : new AuthError("internal", { cause });
    }
  };
  return guarded as unknown as M;
}

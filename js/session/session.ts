/**
 * The session as the page holds it: a fresh one is read from the store, everything else is the core's.
 * What follows from what, `reducer.ts` decides; this performs it.
 */
import type { Call, CoreState } from "../core/core.js";
import { AuthError } from "../errors/auth-error.js";
import { type AuthEvent, createEvents } from "./events.js";
import type { Host } from "../effects/host.js";
import { STORE_PATIENCE_MS } from "../generated/constants.js";
import type { Timeout } from "./idle-timeout.js";
import { clearStores } from "./local-sign-out.js";
import { createPageEvents, isVisible } from "./page-events.js";
import { type Hint, initialState, reduce, type SessionEffect, type SessionEvent } from "./reducer.js";
import {
  dueAt,
  findRecord,
  isFresh,
  type Look,
  readClaims,
  readSession,
  toSession,
} from "./stored-session.js";
import type {
  Auth,
  AuthOptions,
  Session,
  SessionOptions,
  SignedOutReason,
  SignOutOptions,
  SignOutResult,
} from "../types/index.js";

/** Timers hold at most this many milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** How long a sign-out waits for a core that does not load, in milliseconds. */
const LOAD_PATIENCE_MS = 5_000;

/** The core, loaded or not. */
export interface SessionCore {
  call: Call;
  readonly state: CoreState;
  update(change: Partial<CoreState>): void;
  isLoaded(): boolean;
}

/** An event of the core, with what tells sessions of one user apart. */
export type CoreEvent = AuthEvent & { receivedAt?: number };

export function createSession(options: AuthOptions, host: Host, core: SessionCore) {
  const events = createEvents();
  let state = initialState;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What another tab said last; the store may show it before or after. */
  let said: string | undefined;
  /** Where the app sets a session timeout. */
  let timeout: Promise<Timeout> | undefined;
  /** The session's end by that, while it is under way. */
  let ending: Promise<unknown> | undefined;
  /** Whether the core is looking, and why to have it look once more. */
  let isWaking = false;
  let wakeNext: { renew: boolean; hint: Hint } | undefined;

  const page = createPageEvents(options.clientId, {
    hint: (hint = {}) => dispatch({ type: "hint", hint }),
    hear(message) {
      // That somebody signed out in another tab is another reason than that somebody did here.
      said = message === "signedOut signOut" ? "signedOut" : message;
      dispatch({ type: "hint", hint: {} });
    },
    isHeard: () => events.isHeard,
    begin: (signal) =>
      void keepTime()
        ?.then((timeout) => timeout.listen(signal, () => isOver().catch(() => true)))
        .catch(ignore),
  });

  function dispatch(event: SessionEvent): void {
    const [next, effects] = reduce(state, event);
    state = next;
    effects.forEach(perform);
  }

  function perform(effect: SessionEffect): void {
    switch (effect.do) {
      case "emit":
        return events.emit(effect.event);
      case "remember": {
        const { do: _, ...change } = effect;
        return core.update(change as Partial<CoreState>);
      }
      case "listen":
        return page.listen();
      case "look":
        return void lookAgain(effect.hint).catch(ignore);
      case "wake":
        return void wake(effect.renew, effect.hint).catch(ignore);
      case "arm":
        return arm(effect.at);
      case "disarm":
        return clearTimeout(timer);
      case "forgetUse":
        return void timeout?.then((timeout) => timeout.forget()).catch(ignore);
      case "close":
        clearTimeout(timer);
        page.close();
        return events.clear();
    }
  }

  function arm(at: number): void {
    clearTimeout(timer);
    const wait = Math.min(at - Date.now(), LONGEST_TIMER);
    timer = setTimeout(() => dispatch({ type: "timer" }), wait);
    // A timer alone must not keep a process of Node.js alive.
    (timer as { unref?: () => void }).unref?.();
  }

  /** The core emitted an event. */
  function notify({ receivedAt, ...event }: CoreEvent): void {
    if (event.type === "signedIn" || event.type === "userChanged") said = undefined;
    dispatch({ type: "emitted", event: event as AuthEvent });
  }

  /** What is stored; `undefined` where a store fails or hangs, which the core judges. */
  function find(): Look | Promise<Look> {
    const found = findRecord(options, host);
    return found instanceof Promise ? patiently(found) : found;
  }

  function looked(found: Look, more: { isCall?: boolean; hint?: Hint } = {}): void {
    dispatch({
      type: "looked",
      now: Date.now(),
      found: found && {
        text: found.text,
        receivedAt: found.receivedAt,
        isFresh: isFresh(found),
        dueAt: dueAt(found),
      },
      seen: core.state.seen,
      isHeard: events.isHeard,
      isVisible: isVisible(),
      ...more,
    });
  }

  async function lookAgain(hint?: Hint): Promise<void> {
    if (!(await isOver())) looked(await find(), hint && { hint });
  }

  /** The first look: at once, where the stores answer at once. */
  function lookFirst(): void {
    const found = options.sessionTimeout ? undefined : find();
    if (options.sessionTimeout) void lookAgain().catch(ignore);
    else if (found instanceof Promise) void found.then((found) => looked(found)).catch(ignore);
    else looked(found);
    // Who asks now is to hear when it is known.
    dispatch({ type: "asked" });
  }

  /** Has the core look, one look at a time. */
  async function wake(renew: boolean, hint: Hint = {}): Promise<void> {
    if (isWaking) {
      wakeNext = {
        renew: renew || wakeNext?.renew === true,
        hint: { ...wakeNext?.hint, ...hint },
      };
      return;
    }
    isWaking = true;
    try {
      const { againMs } = await core.call<{ againMs?: number }>("wake", {
        ...hint,
        message: said,
        renew,
      });
      dispatch({ type: "woke", now: Date.now(), againMs, renewed: renew });
    } catch (error) {
      failed(error);
    } finally {
      isWaking = false;
      const next = wakeNext;
      wakeNext = undefined;
      if (next) void wake(next.renew, next.hint);
    }
  }

  function failed(error: unknown, isCall = false): void {
    const { code } = error as AuthError;
    if (code === "aborted" || code === "misuse") return;
    dispatch({ type: "failed", now: Date.now(), code, isLoaded: core.isLoaded(), isCall });
  }

  async function session({ signal, ...input }: SessionOptions = {}): Promise<Session | null> {
    if (signal?.aborted) throw new AuthError("aborted");
    if (await isOver()) return null;
    const found = await find();
    looked(found, { isCall: true });
    if (!input.forceRefresh) {
      if (found && isFresh(found)) return toSession(found);
      if (found === null && state.status === "signedOut" && !core.state.seen) return null;
    }
    try {
      const result = await core.call<{ record: string } | null>("session", input, signal);
      if (!result) return null;
      looked({ ...JSON.parse(result.record), text: result.record }, { isCall: true });
      return readSession(result.record);
    } catch (error) {
      failed(error, true);
      throw error;
    }
  }

  function keepTime(): Promise<Timeout> | undefined {
    if (!options.sessionTimeout) return undefined;
    timeout ??= import("./idle-timeout.js").then(
      ({ createTimeout }) => createTimeout(options, host, readClaims),
      (cause: unknown) => {
        timeout = undefined;
        throw new AuthError("wasmUnavailable", { cause });
      },
    );
    return timeout;
  }

  /** Whether the session's time was over; then it has ended. */
  async function isOver(): Promise<boolean> {
    const keeper = await keepTime();
    const found = keeper && (await find());
    if (!keeper || !found) return false;
    const [endsAt, now] = [await keeper.endsAt(found), Date.now()];
    if (endsAt > now) {
      if (endsAt < Infinity) dispatch({ type: "timed", now, endsAt });
      return false;
    }
    ending ??= end({ timedOut: true }, "timeout").finally(() => {
      ending = undefined;
    });
    await ending;
    return true;
  }

  /** Signs out by the core, which has the service revoke the tokens; without it where that cannot be. */
  async function end(
    input: object,
    reason: SignedOutReason,
    signal?: AbortSignal,
  ): Promise<SignOutResult> {
    let patience: ReturnType<typeof setTimeout> | undefined;
    const notLoaded = new Promise<undefined>((resolve) => {
      patience = setTimeout(() => core.isLoaded() || resolve(undefined), LOAD_PATIENCE_MS);
    });
    try {
      const result = core.call<SignOutResult>("signOut", input, signal);
      result.catch(ignore);
      const first = await Promise.race([result, notLoaded]);
      if (first) return first;
    } catch (error) {
      if ((error as AuthError).code === "aborted") throw error;
    } finally {
      clearTimeout(patience);
    }
    return endLocally(reason, "global" in input && input.global === true);
  }

  async function endLocally(reason: SignedOutReason, global: boolean): Promise<SignOutResult> {
    const { seen } = core.state;
    const wasSomebody = seen || (await find());
    const cleared = await clearStores(options.clientId, host, patiently);
    const over = seen ? { over: JSON.parse(seen).epoch as string } : {};
    core.update({ seen: "", status: "signedOut", copy: null, credentials: null, ...over });
    try {
      host.broadcast(`signedOut ${reason}`);
    } catch {
      // Other tabs see it in the store.
    }
    if (wasSomebody) notify({ type: "signedOut", reason });
    notify({ type: "statusChanged", status: "signedOut" });
    return { cleared, revoked: false, ...(global && { everywhere: false }) };
  }

  const auth: Pick<
    Auth,
    "session" | "getAccessToken" | "user" | "signOut" | "on" | "status" | "dispose"
  > = {
    session,
    async getAccessToken(input) {
      return (await session(input))?.accessToken ?? null;
    },
    async user(input) {
      return (await session(input))?.user ?? null;
    },
    async signOut({ signal, ...input }: SignOutOptions = {}) {
      if (signal?.aborted) throw new AuthError("aborted");
      return end(input, "signOut", signal);
    },
    on(event, handler) {
      if (state.isDisposed) return () => {};
      const off = events.on(event, handler);
      page.listen();
      page.openChannel();
      // What is there now is no change, but what comes is compared with it.
      lookFirst();
      return off;
    },
    get status() {
      if (state.status === "unknown") lookFirst();
      return state.status === "unknown" ? "loading" : state.status;
    },
    dispose: () => dispatch({ type: "disposed" }),
  };
  return { auth, notify, isOver };
}

/** What fails though nobody asked for it: the next hint, or the next call, tries again. */
function ignore(): void {}

/** What a store answers; nothing where it fails or hangs. */
async function patiently<T>(answer: Promise<T>): Promise<T | undefined> {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const hung = new Promise<undefined>((resolve) => {
    patience = setTimeout(resolve, STORE_PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, hung]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(patience);
  }
}

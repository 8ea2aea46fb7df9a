/**
 * The session as a page follows it: timers, events of the page, messages of other tabs, calls of the
 * core. Loaded after the first answer, which needs none of it. What follows from what, `reducer.ts`
 * decides; this performs it.
 */
import type { AuthError } from "../errors/auth-error.js";
import { dueAt } from "./due.js";
import type { AuthEvent } from "./events.js";
import { createPageEvents, isVisible } from "./page-events.js";
import {
  type Hint,
  initialState,
  reduce,
  type SessionEffect,
  type SessionEvent,
} from "./reducer.js";
import type { CoreEvent, Ended, SessionContext } from "./session.js";
import type { Look } from "./stored-session.js";
import type { AuthStatus, Session, SignOutOptions, SignOutResult } from "../types/index.js";

/** Timers hold at most this many milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** How long a sign-out waits for a core that does not load, in milliseconds. */
const LOAD_PATIENCE_MS = 5_000;

export function createLive(
  { options, host, core, events, find, read, name, ...tools }: SessionContext,
  status: AuthStatus | "unknown",
) {
  const { endLocally, settled, outside, once } = tools;
  let state = { ...initialState, status };
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What another tab said last; the store may show it before or after. */
  let said: string | undefined;
  /** Where the app sets a session timeout. */
  const timeout = once(
    () => import("./idle-timeout.js"),
    ({ createTimeout }) =>
      createTimeout(options.sessionTimeout ?? {}, `${name}.active`, host, read.readClaims),
  );
  /** The session's end by that, while it is under way. */
  let ending: Promise<unknown> | undefined;
  /** Whether the core is looking, and why to have it look once more. */
  let isWaking = false;
  let wakeNext: { renew: boolean; hint: Hint } | undefined;

  const page = createPageEvents(name, {
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
    state = next as typeof state;
    effects.forEach(perform);
  }

  function perform(effect: SessionEffect): void {
    switch (effect.do) {
      case "emit":
        events.emit(effect.event);
        break;
      case "remember": {
        const { do: _, ...change } = effect;
        core.update(change);
        break;
      }
      case "listen":
        page.listen();
        break;
      case "look":
        lookAgain(effect.hint);
        break;
      case "wake":
        void wake(effect.renew, effect.hint).catch(ignore);
        break;
      case "arm":
        arm(effect.at);
        break;
      case "disarm":
        clearTimeout(timer);
        break;
      case "forgetUse":
        void keepTime()
          ?.then((timeout) => timeout.forget())
          .catch(ignore);
        break;
      case "close":
        clearTimeout(timer);
        page.close();
        break;
    }
  }

  function arm(at: number): void {
    clearTimeout(timer);
    const wait = Math.min(at - Date.now(), LONGEST_TIMER);
    timer = outside(() => setTimeout(() => dispatch({ type: "timer" }), wait));
    // A timer alone must not keep a process of Node.js alive.
    (timer as { unref?: () => void }).unref?.();
  }

  /** The core emitted an event. */
  function notify({ receivedAt, ...event }: CoreEvent): void {
    if (event.type === "signedIn" || event.type === "userChanged") said = undefined;
    dispatch({ type: "emitted", event: event as AuthEvent });
  }

  function looked(found: Look, more: { isCall?: boolean; hint?: Hint } = {}): void {
    dispatch({
      type: "looked",
      now: Date.now(),
      found: found && {
        text: found.text,
        receivedAt: found.receivedAt,
        isFresh: read.isFresh(found),
        dueAt: dueAt(found),
      },
      seen: core.state.seen,
      isHeard: events.isHeard,
      isVisible: isVisible(),
      ...more,
    });
  }

  async function look(hint?: Hint): Promise<void> {
    await settled();
    if (!(await isOver())) looked(await find(), hint && { hint });
  }

  function lookAgain(hint?: Hint): void {
    look(hint).catch(ignore);
  }

  /** Has the core look, one look at a time. */
  async function wake(renew: boolean, hint: Hint = {}): Promise<void> {
    if (isWaking) {
      const before = wakeNext ?? { renew: false, hint: {} };
      wakeNext = { renew: renew || before.renew, hint: { ...before.hint, ...hint } };
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

  const keepTime = () => (options.sessionTimeout ? timeout() : undefined);

  /** Whether the session's time was over; then it has ended. */
  async function isOver(): Promise<boolean> {
    const keeper = await keepTime();
    const found = keeper && (await find());
    if (!keeper || !found) return false;
    const endsAt = await keeper.endsAt(found);
    const now = Date.now();
    if (endsAt > now) {
      if (endsAt < Infinity) dispatch({ type: "timed", now, endsAt });
      return false;
    }
    ending ??= end({ timedOut: true }, { reason: "timeout" }).finally(() => {
      ending = undefined;
    });
    await ending;
    return true;
  }

  /** Signs out by the core, which has the service revoke the tokens; without it where that cannot be. */
  async function end(input: object, ended: Ended, signal?: AbortSignal): Promise<SignOutResult> {
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
    return endLocally(ended);
  }

  return {
    get status() {
      return state.status;
    },
    notify,
    looked,
    lookAgain,
    isOver,

    /** The app's first handlers, or its first look at the status. */
    begin(): void {
      if (state.isDisposed) return;
      page.listen();
      if (events.isHeard) page.openChannel();
      // Who asks now is to hear when it is known.
      dispatch({ type: "asked" });
      lookAgain();
    },

    /** What only the core can answer; `found` was in the stores. */
    async obtain(found: Look, input: object, signal?: AbortSignal): Promise<Session | null> {
      looked(found, { isCall: true });
      try {
        const result = await core.call<{ record: string } | null>("session", input, signal);
        if (!result) return null;
        const record = read.readRecord(result.record);
        looked(record, { isCall: true });
        return read.toSession(record);
      } catch (error) {
        failed(error, true);
        throw error;
      }
    },

    signOut: ({ signal, ...input }: SignOutOptions) =>
      end(input, { reason: "signOut", ...input }, signal),

    dispose: () => dispatch({ type: "disposed" }),
  };
}

export type Live = ReturnType<typeof createLive>;

/** What fails though nobody asked for it: the next hint, or the next call, tries again. */
function ignore(): void {}

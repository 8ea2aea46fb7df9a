/**
 * What a page knows of its session without the core, as a pure function: no clock, no timer and no
 * store in here. Times are in the events; `session.ts` performs the effects.
 */
import type { AuthEvent } from "./events.js";
import type { AuthStatus } from "../types/index.js";

/** What the page knows. */
export interface SessionState {
  /** `unknown`: nobody has asked yet, so that finding out is no change. */
  status: AuthStatus | "unknown";
  /** When to look at the session again because of its tokens, or because a refresh failed. */
  dueAt?: number;
  /** The receipt that `dueAt` is of: a time once drawn stays. */
  dueOf?: number;
  /** When the application's session timeout ends it, as far as is known. */
  endsAt?: number;
  /** When the timer runs out. */
  timerAt?: number;
  /** Whether the app is done with this object: it still answers, and starts nothing any more. */
  isDisposed: boolean;
}

/** A stored session, as far as the reducer needs it. */
export interface FoundSession {
  text: string;
  receivedAt: number;
  /** Whether its tokens can be handed out as they are. */
  isFresh: boolean;
  /** When to refresh it ahead of time. */
  dueAt: number;
}

/** What leads to a look at the session. */
export interface Hint {
  /** The connection is back. */
  online?: boolean;
  /** A store was cleared as a whole. */
  cleared?: boolean;
}

export type SessionEvent =
  /** The stores were read. `null`: nobody for sure; `undefined`: only the core can judge. */
  | {
      type: "looked";
      now: number;
      found: FoundSession | null | undefined;
      /** The record that handlers know of; empty for nobody. */
      seen: string | undefined;
      isHeard: boolean;
      isVisible: boolean;
      /** A call of the app asked, which goes on to the core by itself where it has to. */
      isCall?: boolean;
      hint?: Hint;
    }
  /** The app wants to know the status, and it is not known yet. */
  | { type: "asked" }
  /** The core emitted an event. */
  | { type: "emitted"; event: AuthEvent }
  /** The core has looked. Without `againMs` there is nothing to wait for. */
  | { type: "woke"; now: number; againMs?: number | undefined; renewed: boolean }
  /** A call failed. `isLoaded`: the core said so itself. */
  | { type: "failed"; now: number; code: string; isLoaded: boolean; isCall?: boolean }
  /** What the session timeout leaves. */
  | { type: "timed"; now: number; endsAt: number }
  /** The timer ran out. */
  | { type: "timer" }
  /** The page, or another tab, gives reason to look. */
  | { type: "hint"; hint: Hint }
  | { type: "disposed" };

export type SessionEffect =
  | { do: "emit"; event: AuthEvent }
  /** What handlers know from now on, without being called. */
  | { do: "remember"; seen?: string; status?: AuthStatus }
  /** Listen to the page's own events. */
  | { do: "listen" }
  | { do: "look"; hint?: Hint }
  /** Have the core look, and refresh where that is due and `renew` allows it. */
  | { do: "wake"; renew: boolean; hint?: Hint }
  | { do: "arm"; at: number }
  | { do: "disarm" }
  /** The session timeout's note of the last use is void. */
  | { do: "forgetUse" }
  /** End timers, listeners and handlers. */
  | { do: "close" };

type Step = [SessionState, SessionEffect[]];

/** The shortest time a timer is set to, in milliseconds. */
export const SHORTEST_MS = 1_000;
/** When what failed is retried where the core does not say, and a page in the background looks again. */
export const RETRY_MS = 30_000;

export const initialState: SessionState = { status: "unknown", isDisposed: false };

/** The next state, and what is to be done. */
export function reduce(state: SessionState, event: SessionEvent): Step {
  const [next, effects] = react(state, event);
  if (!next.isDisposed) return [next, effects];
  // Answers, and nothing else.
  return [next, effects.filter((effect) => ["remember", "close", "forgetUse"].includes(effect.do))];
}

function react(state: SessionState, event: SessionEvent): Step {
  switch (event.type) {
    case "looked":
      return looked(state, event);
    case "asked":
      return [state.status === "unknown" ? { ...state, status: "loading" } : state, []];
    case "emitted":
      return emitted(state, event.event);
    case "woke": {
      const { now, againMs, renewed } = event;
      if (againMs === undefined) return armed(without(state), now);
      // A page in the background refreshes nothing: it need not look every second.
      const wait = renewed ? againMs : Math.max(againMs, RETRY_MS);
      return armed({ ...state, dueAt: now + wait }, now);
    }
    case "failed":
      return failed(state, event);
    case "timed":
      return armed({ ...state, endsAt: event.endsAt }, event.now);
    case "timer": {
      const { timerAt, ...rest } = state;
      return [rest, [{ do: "look", hint: {} }]];
    }
    case "hint":
      return [state, [{ do: "look", hint: event.hint }]];
    case "disposed":
      return [{ status: state.status, isDisposed: true }, [{ do: "close" }]];
  }
}

function looked(state: SessionState, event: SessionEvent & { type: "looked" }): Step {
  const { found, seen, now, isHeard, isCall, hint, isVisible } = event;
  const isSomebody = Boolean(seen) || ["ok", "degraded", "offline"].includes(state.status);
  const wake: SessionEffect = { do: "wake", renew: isVisible, ...(hint && { hint }) };

  if (found === null && !isSomebody) {
    const [next, effects] = known(state, "signedOut");
    return [next, seen === undefined ? [...effects, { do: "remember", seen: "" }] : effects];
  }
  if (!found) {
    // A page that nobody was signed in to, and a store that fails: no reason to load the core.
    if (hint && !isSomebody && state.status !== "loading") return [state, []];
    const next = unclear(state);
    return [next, isCall ? [] : [wake]];
  }

  const isNews = isHeard && seen !== undefined && seen !== found.text;
  const effects: SessionEffect[] = [{ do: "listen" }];
  if (!isNews && seen !== found.text) effects.push({ do: "remember", seen: found.text });
  if (!found.isFresh) {
    if (!isCall) effects.push(wake);
    return [unclear(state), effects];
  }

  let next = state;
  const isTrouble = state.status === "degraded" || state.status === "offline";
  if (!isNews && !isTrouble && state.status !== "ok") {
    const [settled, told] = known(state, "ok");
    next = settled;
    effects.push(...told);
  }
  if (next.dueOf !== found.receivedAt || next.dueAt === undefined)
    next = { ...next, dueAt: found.dueAt, dueOf: found.receivedAt };
  const isDue = hint !== undefined && now >= (next.dueAt ?? now);
  if (isDue) return [next, [...effects, wake]];
  if (isNews || isTrouble) effects.push({ ...wake, renew: false });
  const [last, timers] = armed(next, now);
  return [last, [...effects, ...timers]];
}

function emitted(state: SessionState, event: AuthEvent): Step {
  switch (event.type) {
    case "statusChanged": {
      if (state.status === event.status) return [state, []];
      return [{ ...state, status: event.status }, [{ do: "emit", event }]];
    }
    case "signedOut": {
      const { timerAt, endsAt, ...rest } = without(state);
      return [rest, [{ do: "emit", event }, { do: "disarm" }, { do: "forgetUse" }]];
    }
    default:
      // The store has the session's times.
      return [without(state), [{ do: "emit", event }, { do: "listen" }, { do: "look" }]];
  }
}

function failed(state: SessionState, event: SessionEvent & { type: "failed" }): Step {
  const { now, code, isLoaded, isCall } = event;
  // The core knows when it may be retried.
  if (isLoaded && isCall) return [state, [{ do: "listen" }, { do: "wake", renew: false }]];
  const [next, effects] = isLoaded
    ? [state, []]
    : known(state, code === "offline" ? "offline" : "degraded");
  const [last, timers] = armed({ ...without(next), dueAt: now + RETRY_MS }, now);
  return [last, [...effects, { do: "listen" }, ...timers]];
}

/** The status as it turned out to be: a change only to those who asked before. */
function known(state: SessionState, status: AuthStatus): Step {
  if (state.status === status) return [state, []];
  const effects: SessionEffect[] = [{ do: "remember", status }];
  if (state.status !== "unknown")
    effects.push({ do: "emit", event: { type: "statusChanged", status } });
  return [{ ...state, status }, effects];
}

/** Whether the session goes on, only the core can find out. */
function unclear(state: SessionState): SessionState {
  return state.status === "unknown" ? { ...state, status: "loading" } : state;
}

/** Without a time to look again. */
function without({ dueAt, dueOf, ...rest }: SessionState): SessionState {
  return rest;
}

/** Sets the timer to the earliest of the times. */
function armed(state: SessionState, now: number): Step {
  const { dueAt = Infinity, endsAt = Infinity, timerAt } = state;
  const wanted = Math.min(dueAt, endsAt);
  if (wanted === Infinity) {
    const { timerAt: _, ...rest } = state;
    return [rest, timerAt === undefined ? [] : [{ do: "disarm" }]];
  }
  const at = Math.max(wanted, now + SHORTEST_MS);
  // What is overdue is not put off by looking at it again.
  const isSet = timerAt !== undefined && timerAt > now && wanted <= timerAt && timerAt <= at;
  if (isSet) return [state, []];
  return [{ ...state, timerAt: at }, [{ do: "arm", at }]];
}

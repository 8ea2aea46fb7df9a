/**
 * The effect `lock`: Web Locks between tabs, and within a page a queue of its own, which holds where
 * the browser has no locks.
 */
import { within } from "./clock.js";

/** Calls of this page that wait for, or hold, a lock: by its name, the end of the last in the queue. */
const queues = new Map<string, Promise<void>>();

/** How a lock was had; `release` is there where something is held. */
export interface Lock {
  answer: "held" | "busy" | "missing";
  release?: () => void;
  /** How long requests may take under it, in milliseconds; nothing once another tab took it. */
  left?: () => number;
}

/** How long a call still waits. */
interface Patience {
  ms: number;
}

/**
 * Takes a lock; waits no longer than `waitMs`, also where the browser's locks never answer. A tab that holds it for `holdMs` while this one waits
 * is frozen, and loses it. The wait goes by rounds of `holdMs`, so that a page that was frozen itself
 * has most of it still before it.
 */
export async function lock(name: string, waitMs: number, holdMs: number): Promise<Lock> {
  const patience = { ms: waitMs };
  const leave = await enterQueue(name, patience, holdMs);
  if (!leave) return { answer: "busy" };
  const lock = await request(name, patience, holdMs);
  if (lock.answer === "busy") {
    leave();
    return lock;
  }
  return {
    ...lock,
    release() {
      lock.release?.();
      leave();
    },
  };
}

/** Waits for the other calls of this page; `undefined` when that takes too long. */
async function enterQueue(
  name: string,
  patience: Patience,
  holdMs: number,
): Promise<(() => void) | undefined> {
  const before = queues.get(name);
  let leave = () => {};
  const own = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const last = before ? before.then(() => own) : own;
  queues.set(name, last);
  void last.then(() => {
    if (queues.get(name) === last) queues.delete(name);
  });
  if (!before) return leave;
  const isFree = before.then(() => true);
  do {
    if (await round(isFree, patience, holdMs)) return leave;
  } while (patience.ms > 0);
  leave();
  return undefined;
}

/** Waits for the browser. */
async function request(name: string, patience: Patience, holdMs: number): Promise<Lock> {
  const own = ask(name, holdMs);
  do {
    const isWhole = patience.ms >= holdMs;
    const before = holder(name);
    const lock = await round(own.lock, patience, holdMs);
    if (lock) return lock;
    if (isWhole && patience.ms > 0) {
      const holders = await shortly(Promise.all([before, holder(name)]), patience);
      if (holders?.[0] !== undefined && holders[0] === holders[1]) {
        own.cancel();
        const stolen = ask(name, holdMs, true);
        const lock = await shortly(stolen.lock, patience);
        if (lock) return lock;
        stolen.cancel();
        break;
      }
    }
  } while (patience.ms > 0);
  own.cancel();
  return { answer: "busy" };
}

/** A request of the browser, or with `steal` what takes the lock at once. */
function ask(name: string, holdMs: number, steal = false) {
  const late = new AbortController();
  const lock = new Promise<Lock>((resolve) => {
    let isLost = false;
    const granted = () =>
      new Promise<void>((release) => {
        // A grant that comes too late is given back at once.
        if (late.signal.aborted) return release();
        const until = performance.now() + holdMs;
        const left = () => (isLost ? 0 : until - performance.now());
        resolve({ answer: "held", release, left });
      });
    // Refused: an opaque origin, or a document that is no longer active. Or taken by another tab.
    const refused = () => {
      isLost = true;
      resolve({ answer: "missing" });
    };
    try {
      navigator.locks
        .request(name, steal ? { steal } : { signal: late.signal }, granted)
        .catch(refused);
    } catch {
      refused();
    }
  });
  // Takes the request out of the browser's queue.
  return { lock, cancel: () => late.abort() };
}

/** Which page holds a lock, where the browser says so. */
async function holder(name: string): Promise<string | undefined> {
  try {
    const { held } = await navigator.locks.query();
    return held?.find((lock) => lock.name === name)?.clientId;
  } catch {
    return undefined;
  }
}

function round<T>(work: Promise<T>, patience: Patience, holdMs: number): Promise<T | undefined> {
  const ms = Math.min(patience.ms, holdMs);
  patience.ms -= ms;
  return within(work, ms);
}

/** What a browser answers at once; one that does not uses up the time that there is. */
async function shortly<T>(answer: Promise<T>, patience: Patience): Promise<T | undefined> {
  const since = performance.now();
  const result = await within(answer, Math.min(patience.ms, ANSWER_MS));
  if (result === undefined) patience.ms -= Math.min(performance.now() - since, ANSWER_MS);
  return result;
}

/** How long the browser may take to say who holds a lock, or to take it from them. */
const ANSWER_MS = 1_000;

/**
 * The effect `lock`: Web Locks between tabs, and within a page a queue of its own, which holds where
 * the browser has no locks.
 */

/** Calls of this page that wait for, or hold, a lock: by its name, the end of the last in the queue. */
const queues = new Map<string, Promise<void>>();

/** How a lock was had; `release` is there where something is held. */
export interface Lock {
  answer: "held" | "busy" | "missing";
  release?: () => void;
}

/** Takes a lock; waits no longer than `waitMs`. */
export async function lock(name: string, waitMs: number): Promise<Lock> {
  const until = Date.now() + waitMs;
  const leave = await enterQueue(name, waitMs);
  if (!leave) return { answer: "busy" };
  const { answer, release } = await request(name, Math.max(until - Date.now(), 0));
  if (answer === "busy") {
    leave();
    return { answer };
  }
  return {
    answer,
    release() {
      release?.();
      leave();
    },
  };
}

/** Waits for the other calls of this page; `undefined` when that takes too long. */
async function enterQueue(name: string, waitMs: number): Promise<(() => void) | undefined> {
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
  const isFree = await within(before, waitMs);
  if (!isFree) leave();
  return isFree ? leave : undefined;
}

async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** Asks the browser. */
function request(name: string, waitMs: number): Promise<Lock> {
  return new Promise((resolve) => {
    const late = new AbortController();
    const timer = setTimeout(() => {
      // Takes the request out of the browser's queue.
      late.abort();
      resolve({ answer: "busy" });
    }, waitMs);
    const granted = () =>
      new Promise<void>((release) => {
        clearTimeout(timer);
        // A grant that comes too late is given back at once.
        if (late.signal.aborted) return release();
        resolve({ answer: "held", release });
      });
    const missing = () => {
      clearTimeout(timer);
      resolve({ answer: "missing" });
    };
    try {
      // Refused: an opaque origin, or a document that is no longer active.
      navigator.locks.request(name, { signal: late.signal }, granted).catch(missing);
    } catch {
      missing();
    }
  });
}

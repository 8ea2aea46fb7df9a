/**
 * The session as the page holds it: a fresh one is read from the store, everything else is decided by
 * the core. Timers and events of the page only hint at looking again.
 */
import type { Call } from "../core/operations.js";
import type { CoreState } from "../core/run.js";
import type { Host } from "../effects/host.js";
import { AuthError } from "../errors/auth-error.js";
import type {
  Auth,
  AuthOptions,
  AuthStatus,
  Session,
  SessionOptions,
  SignOutResult,
} from "../types/index.js";
import { type AuthEvent, createEvents } from "./events.js";
import type { Timeout } from "./idle-timeout.js";
import { createPageEvents, isVisible } from "./page-events.js";
import {
  dueInMs,
  type Found,
  findRecord,
  isFresh,
  type Look,
  readClaims,
  readRecord,
  toSession,
} from "./stored-session.js";

/** Why to look at the session again. */
interface Hint {
  online?: boolean;
}

/** How long a store may take, as in the core. */
const PATIENCE_MS = 3_000;
/** Timers hold at most this many milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What the page remembers from call to call: the core's, and of it here `seen` and `copy`. */
export interface Memory {
  readonly state: CoreState;
  update(change: CoreState): void;
}

export function createSession(options: AuthOptions, host: Host, call: Call, memory: Memory) {
  const events = createEvents();
  let status: AuthStatus | undefined;
  let emittedStatus: AuthStatus | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer runs out. */
  let timerAt = Number.POSITIVE_INFINITY;
  /** What another tab said last; the store may show it before or after. */
  let said: string | undefined;
  /** Where the application sets a time. */
  let timeout: Promise<Timeout> | undefined;
  /** When that time is over, as far as is known: any page of this browser may put it off. */
  let endsAt = Number.POSITIVE_INFINITY;
  let isDisposed = false;

  const seen = () => memory.state["seen"] as string | undefined;

  const page = createPageEvents(options.clientId, {
    hint: (why) => void hint(why).catch(ignore),
    hear(message) {
      said = message;
      void hint().catch(ignore);
    },
    isHeard: () => events.isHeard,
    begin: (signal) =>
      void keepTime()
        ?.then((timeout) => timeout.listen(signal, () => isOver().catch(() => true)))
        .catch(ignore),
  });

  /** An event of the core: what changed. */
  function notify(event: AuthEvent & { receivedAt?: number }): void {
    if (event.type === "statusChanged") {
      emitStatus(event.status);
      return;
    }
    const { receivedAt, ...rest } = event as { receivedAt?: number } & AuthEvent;
    if (event.type === "signedOut") {
      disarm();
      endsAt = Number.POSITIVE_INFINITY;
      void timeout?.then((timeout) => timeout.forget()).catch(ignore);
    } else if (event.type !== "refreshed") said = undefined;
    events.emit(rest);
    if (event.type !== "signedOut") watch();
  }

  function emitStatus(next: AuthStatus): void {
    status = next;
    if (emittedStatus === next) return;
    emittedStatus = next;
    events.emit({ type: "statusChanged", status: next });
  }

  /** A sign-in of this page has ended well. */
  async function signedIn(): Promise<void> {
    const keeper = await keepTime();
    await keeper?.begin();
    await isOver();
    watch();
  }

  async function session({ signal, ...input }: SessionOptions = {}): Promise<Session | null> {
    if (signal?.aborted) throw new AuthError("aborted");
    if (await isOver()) return null;
    if (!input.forceRefresh) {
      const found = await findSafely();
      if (found && isFresh(found)) {
        look(found);
        return toSession(found);
      }
      if (found === null && (await isNobody())) {
        memory.update({ seen: "" });
        emitStatus("signedOut");
        return null;
      }
    }
    const result = await call<{ record: string } | null>("session", input, signal);
    if (!result) return null;
    watch();
    return toSession(readRecord(result.record));
  }

  /** Whether nobody is signed in for sure: the stores are empty, and so is the page's memory. */
  async function isNobody(): Promise<boolean> {
    if (seen() || memory.state["copy"] || (await mayHaveLegacy())) return false;
    // Another tab stores what it takes over before it removes it there: in this order nothing is missed.
    return (await findSafely()) === null;
  }

  /** Whether another library may have left a session, which the core would take over. */
  async function mayHaveLegacy(): Promise<boolean> {
    const prefix = `CognitoIdentityServiceProvider.${options.clientId}`;
    if (globalThis.document?.cookie.includes(prefix)) return true;
    const looks = [() => host.lasting, () => host.tab, () => host.local()].map(async (store) =>
      store()?.getItem(`${prefix}.LastAuthUser`),
    );
    const found = await patiently(Promise.allSettled(looks));
    // A store that fails or hangs may have one.
    return !found || found.some((look) => look.status === "rejected" || look.value);
  }

  /** What is stored; `undefined` where a store fails or hangs, which the core judges. */
  async function findSafely(): Promise<Look> {
    const found = findRecord(options, host);
    return found instanceof Promise ? patiently(found) : found;
  }

  /** Notes what was found; a change that handlers have not heard of is the core's to emit. */
  function look(found: Found): void {
    const isNews = seen() !== undefined && seen() !== found.text;
    if (!isNews) memory.update({ seen: found.text });
    if (status !== "offline" && status !== "degraded") status = "ok";
    watch(found);
    if (isNews && events.isHeard) void wake({}, false).catch(ignore);
  }

  /** Looks again because of a hint. A page that shows a fresh session needs no core for it. */
  async function hint(why: Hint = {}): Promise<void> {
    if (await isOver()) return;
    const found = await findSafely();
    const wasSignedIn = seen() || (status !== undefined && status !== "signedOut");
    if (!found && !wasSignedIn) return;
    const isKnown = found?.text === seen() || !events.isHeard;
    const ms = found && isKnown && status === "ok" && isFresh(found) ? dueInMs(found) : 0;
    if (ms > 0) return arm(ms);
    await wake(why, isVisible());
  }

  async function wake(hint: Hint, renew: boolean): Promise<void> {
    const { againMs } = await call<{ againMs?: number }>("wake", {
      ...hint,
      message: said,
      renew,
    });
    if (againMs !== undefined) arm(againMs);
  }

  /** From now on the page's own events are listened to. */
  function watch(found?: Found): void {
    if (isDisposed) return;
    page.listen();
    if (timer !== undefined) return;
    if (found) arm(dueInMs(found));
    else void findSafely().then((stored) => stored && arm(dueInMs(stored)));
  }

  function arm(ms: number): void {
    if (isDisposed) return;
    disarm();
    const wait = Math.max(Math.min(ms, endsAt - Date.now()), 1_000);
    timerAt = Date.now() + wait;
    timer = setTimeout(
      () => {
        disarm();
        void hint().catch(ignore);
      },
      Math.min(wait, LONGEST_TIMER),
    );
    // A timer alone must not keep a process of Node.js alive.
    (timer as { unref?: () => void }).unref?.();
  }

  function disarm(): void {
    clearTimeout(timer);
    timer = undefined;
    timerAt = Number.POSITIVE_INFINITY;
  }

  function keepTime(): Promise<Timeout> | undefined {
    if (!options.sessionTimeout) return undefined;
    timeout ??= import("./idle-timeout.js").then(
      ({ createTimeout }) =>
        createTimeout(options, host, readClaims, () => signOut({ timedOut: true })),
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
    const found = keeper && (await findSafely());
    if (!keeper || !found) return false;
    const leftMs = await keeper.check(found);
    endsAt = Date.now() + leftMs;
    if (leftMs > 0 && timer !== undefined && timerAt > endsAt) arm(leftMs);
    return leftMs === 0;
  }

  async function signOut(input: object, signal?: AbortSignal): Promise<SignOutResult> {
    return call<SignOutResult>("signOut", input, signal);
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
    async signOut({ signal, ...input } = {}) {
      return signOut(input, signal);
    },
    on(event, handler) {
      const off = events.on(event, handler);
      if (isDisposed) return off;
      page.listen();
      page.openChannel();
      // What is there now is no change, but what comes is compared with it.
      void isOver()
        .then((over) => (over ? null : findSafely()))
        .then((found) => {
          if (found && isFresh(found)) look(found);
          else if (!found && seen() === undefined) memory.update({ seen: "" });
        })
        .catch(ignore);
      return off;
    },
    get status() {
      if (status === undefined) {
        const found = findRecord(options, host);
        if (found instanceof Promise) void found.then(undefined, ignore);
        status = found && !(found instanceof Promise) ? "ok" : "signedOut";
      }
      return status;
    },
    dispose() {
      isDisposed = true;
      disarm();
      page.close();
    },
  };
  return { auth, notify, signedIn, isOver, findSafely };
}

/** What fails in the background: the next hint, or the next call, tries again. */
function ignore(): void {}

/** What a store answers; nothing where it fails or hangs. */
async function patiently<T>(answer: Promise<T>): Promise<T | undefined> {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const hung = new Promise<undefined>((resolve) => {
    patience = setTimeout(resolve, PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, hung]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(patience);
  }
}

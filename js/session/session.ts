/**
 * The session as the page holds it: a fresh one is read from the store, everything else is asked of
 * the core. Timers and events of the page only hint at looking again.
 */
import type { Call, Known } from "../core/core.js";
import { AuthError } from "../errors/auth-error.js";
import { type AuthEvent, createEvents } from "./events.js";
import type { Host } from "../effects/host.js";
import { createPageEvents, isVisible } from "./page-events.js";
import {
  dueInMs,
  type Found,
  findRecord,
  isFresh,
  type Look,
  readClaims,
  toSession,
} from "./stored-session.js";
import type { Timeout } from "./idle-timeout.js";
import type {
  Auth,
  AuthOptions,
  AuthStatus,
  Session,
  SessionOptions,
  SignOutResult,
} from "../types/index.js";

/** Why to look at the session again. */
interface Hint {
  online?: boolean;
}

/** How long a store may take, as in the core. */
const PATIENCE_MS = 3_000;
/** Timers hold at most this many milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The account module, which may have a copy of the session. */
interface Account {
  isLoaded(): boolean;
  /** Lets the next call begin with a new one. */
  replace(): void;
}

export function createSession(options: AuthOptions, host: Host, call: Call, account: Account) {
  const events = createEvents();
  /** The record this page counts with; empty when it knows of none. What the core begins with. */
  let seen: string | undefined;
  /** The record of this page's own sign-in. */
  let own: { record: string; store: string } | undefined;
  /** Whether other libraries' keys have still to follow it. */
  let isUnsettled = false;
  /** When the session was received that handlers were told of last: another module may tell the same. */
  let told: number | undefined;
  let status: AuthStatus | undefined;
  let toldStatus: AuthStatus | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What another tab said last; the store may show it before or after. */
  let said: string | undefined;
  /** Where the application sets a time. */
  let timeout: Promise<Timeout> | undefined;
  /** When that time is over, as far as is known: any page of this browser may put it off. */
  let endsAt = Number.POSITIVE_INFINITY;

  const page = createPageEvents(options.clientId, {
    hint: (why) => void hint(why).catch(leaveIt),
    hear(message) {
      said = message;
      void hint().catch(leaveIt);
    },
    isHeard: () => events.isHeard,
    begin: (signal) =>
      void keepTime()
        ?.then((timeout) => timeout.listen(signal, () => isOver().catch(() => true)))
        .catch(leaveIt),
  });

  /** Told by the core: what changed, or that a sign-in is stored. */
  function notify(text: string): void {
    const { receivedAt, ...event } = JSON.parse(text);
    if (event.type === "stored") stored(event);
    else if (event.type === "statusChanged") tellStatus(event.status);
    else tellChange(event, receivedAt);
  }

  function tellChange(event: AuthEvent, receivedAt?: number): void {
    if (event.type === "signedIn" || event.type === "userChanged") {
      said = undefined;
      watch();
    }
    if (event.type === "signedOut") {
      seen = "";
      void timeout?.then((timeout) => timeout.forget()).catch(leaveIt);
    } else if (receivedAt === told) return;
    told = receivedAt;
    events.tell(event);
  }

  function tellStatus(next: AuthStatus): void {
    status = next;
    if (toldStatus === next) return;
    toldStatus = next;
    events.tell({ type: "statusChanged", status: next });
  }

  /** Somebody signed in on this page: what that is to the handlers, only the wrapper knows. */
  function stored(event: { record: string; store: string }): void {
    const { username, sub, receivedAt, expiresAt } = JSON.parse(event.record);
    const before = seen && JSON.parse(seen).sub;
    own = event;
    isUnsettled = true;
    account.replace();
    seen = event.record;
    tellChange(
      before === sub
        ? { type: "refreshed", expiresAt: Math.floor(expiresAt / 1000) }
        : { type: before ? "userChanged" : "signedIn", user: { username, sub } },
      receivedAt,
    );
    tellStatus("ok");
    void keepTime()
      ?.then((timeout) => timeout.begin())
      .catch(leaveIt);
    watch();
  }

  /** Before a sign-in: who is signed in now, for the handlers' sake. */
  function begin(): void {
    if (seen === undefined)
      void findSafely().then((found) => {
        seen ??= found?.text ?? "";
      });
  }

  /** After a sign-in: what other libraries left goes, or follows, as the application wants it. */
  async function settle(): Promise<void> {
    if (!isUnsettled) return;
    isUnsettled = false;
    if (options.legacyKeys !== "keep" && !(await mayHaveLegacy())) return;
    // The person is in all the same.
    await call("settleLegacy").catch(() => {});
  }

  /** What the account module begins with. */
  function known(): Known {
    return { seen, heldIn: own && own.record === seen ? own.store : undefined };
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
        seen = "";
        tellStatus("signedOut");
        return null;
      }
    }
    const result = await call<Session | null>("session", input, signal);
    if (result) watch();
    return result;
  }

  /** Whether nobody is signed in for sure, the stores being empty: nobody was, and no other library knows. */
  async function isNobody(): Promise<boolean> {
    if (seen || account.isLoaded() || (await mayHaveLegacy())) return false;
    // Another tab stores what it takes over before it removes it there: in this order nothing is missed.
    return (await findSafely()) === null;
  }

  async function mayHaveLegacy(): Promise<boolean> {
    return (
      (await patiently(
        import("./other-libraries.js").then(({ hasLegacy }) => hasLegacy(options.clientId, host)),
      )) ?? true
    );
  }

  /** What is stored; `undefined` where a store fails or hangs, which the core judges. */
  async function findSafely(): Promise<Look> {
    const found = findRecord(options, host);
    return found instanceof Promise ? patiently(found) : found;
  }

  /** Notes what was found; a change that handlers have not heard of is the core's to tell. */
  function look(found: Found): void {
    const isNews = seen !== undefined && seen !== found.text;
    if (!isNews) seen = found.text;
    status ??= "ok";
    watch(found);
    if (isNews && events.isHeard) void wake({}, false).catch(leaveIt);
  }

  /** Looks again because of a hint. A page that shows a fresh session needs no core for it. */
  async function hint(why: Hint = {}): Promise<void> {
    if (await isOver()) return;
    const found = await findSafely();
    const wasSomebody = seen || (status !== undefined && status !== "signedOut");
    if (!found && !wasSomebody) return;
    const isKnown = found?.text === seen || !events.isHeard;
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
    seen = (await findSafely())?.text ?? "";
    if (againMs !== undefined) arm(againMs);
  }

  /** From now on the page's own events are listened to. */
  function watch(found?: Found): void {
    page.listen();
    if (timer !== undefined) return;
    if (found) arm(dueInMs(found));
    else void findSafely().then((stored) => stored && arm(dueInMs(stored)));
  }

  function arm(ms: number): void {
    clearTimeout(timer);
    const wait = Math.max(Math.min(ms, endsAt - Date.now()), 1_000);
    timer = setTimeout(() => void hint().catch(leaveIt), Math.min(wait, LONGEST_TIMER));
    // A timer alone must not keep a process of Node.js alive.
    (timer as { unref?: () => void }).unref?.();
  }

  function keepTime(): Promise<Timeout> | undefined {
    if (!options.sessionTimeout) return undefined;
    timeout ??= import("./idle-timeout.js").then(
      ({ createTimeout }) =>
        createTimeout(options, host, readClaims, () => call("signOut", { timedOut: true })),
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
    return leftMs === 0;
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
      const result = await call<SignOutResult>("signOut", input, signal);
      seen = "";
      return result;
    },
    on(event, handler) {
      const off = events.on(event, handler);
      page.listen();
      page.openChannel();
      // What is there now is no change, but what comes is compared with it.
      void isOver()
        .then((over) => (over ? null : findSafely()))
        .then((found) => {
          if (found && isFresh(found)) look(found);
          else if (!found) seen ??= "";
        })
        .catch(leaveIt);
      return off;
    },
    get status() {
      if (status === undefined) {
        const found = findRecord(options, host);
        status = found && !(found instanceof Promise) ? "ok" : "signedOut";
      }
      return status;
    },
    dispose() {
      clearTimeout(timer);
      timer = undefined;
      page.close();
    },
  };
  return { auth, notify, begin, settle, known, isOver };
}

/** What fails though nobody asked for it: the next hint, or the next call, tries again. */
function leaveIt(): void {}

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

/**
 * The session as applications ask for it: a fresh one is read from the store and handed out. All the
 * rest is `live-session.ts`, loaded once the page is idle.
 */
import type { Call } from "../core/operations.js";
import { type AuthEvent, createEvents } from "./events.js";
import type { Host } from "../effects/host.js";
import { KEY_PREFIX } from "../generated/constants.js";
import type { Live } from "./live-session.js";
import { clearStores } from "./local-sign-out.js";
import { once } from "../once.js";
import { isComing, untilTaken } from "../redirect/callback.js";
import { outside } from "../zone.js";
import {
  findRecord,
  isFresh,
  type Look,
  readClaims,
  readRecord,
  toSession,
} from "./stored-session.js";
import type {
  Auth,
  AuthOptions,
  AuthStatus,
  Session,
  SessionOptions,
  SignedOutReason,
  SignOutResult,
} from "../types/index.js";

/** What the page remembers of the session: the rest of it is the core's. */
export interface Remembered {
  /** The stored record that handlers know of; empty for nobody. */
  seen?: string;
  /** The epoch of the session that ended last. */
  over?: string;
  /** The status emitted last. */
  status?: AuthStatus;
  /** The core's copies of what a store keeps. */
  copy?: unknown;
  credentials?: unknown;
}

/** The core, loaded or not. */
export interface SessionCore {
  call: Call;
  readonly state: Remembered;
  update(change: Remembered): void;
  /** Whether its WebAssembly is here. */
  isLoaded(): boolean;
}

/** An event of the core, with what tells sessions of one user apart. */
export type CoreEvent = AuthEvent & { receivedAt?: number };

/** How a session ended. */
export interface Ended {
  reason: SignedOutReason;
  global?: boolean;
}

/** What `live-session.ts` gets from here: a bundler would make a file of its own of what both import. */
export interface SessionContext {
  options: AuthOptions;
  host: Host;
  core: SessionCore;
  events: ReturnType<typeof createEvents>;
  find(): Look | Promise<Look>;
  read: {
    isFresh: typeof isFresh;
    readClaims: typeof readClaims;
    readRecord: typeof readRecord;
    toSession: typeof toSession;
  };
  /** What the keys of this app client begin with, without the dot. */
  name: string;
  endLocally(ended: Ended): Promise<SignOutResult>;
  /** Waits for a response of the redirect flow that is being finished. */
  settled(): Promise<void>;
  outside: typeof outside;
  once: typeof once;
}

/** How long a busy page may put off what follows a session, in milliseconds. */
const FOLLOW_MS = 1_000;

export function createSession(options: AuthOptions, host: Host, core: SessionCore) {
  const events = createEvents();
  let live: Live | undefined;
  /** What was said before that is loaded. */
  let status: AuthStatus | "unknown" = "unknown";
  let isDisposed = false;
  /** Whether `followLater` waits. */
  let isPutOff = false;

  const load = once(
    () => import("./live-session.js"),
    ({ createLive }) => {
      const read = { isFresh, readClaims, readRecord, toSession };
      const name = KEY_PREFIX + options.clientId;
      const settled = () => untilTaken(options);
      live = createLive(
        {
          options,
          host,
          core,
          events,
          find,
          read,
          name,
          endLocally,
          settled,
          outside,
          once,
        },
        status,
      );
      if (isDisposed) live.dispose();
      return live;
    },
  );

  /** For what can wait, and is tried again by the next call where it does not load. */
  function follow(use: (live: Live) => void): void {
    if (live) use(live);
    else void load().then(use, () => {});
  }

  /** What keeps a session alive has time until this page's own requests are on their way. */
  function followLater(): void {
    if (isPutOff) return;
    isPutOff = true;
    const start = () => {
      isPutOff = false;
      follow((live) => live.lookAgain());
    };
    if (typeof requestIdleCallback === "function")
      requestIdleCallback(start, { timeout: FOLLOW_MS });
    else setTimeout(start);
  }

  /** What is stored; `undefined` where a store fails or hangs, which the core judges. */
  function find(): Look | Promise<Look> {
    const found = findRecord(options, host);
    return found instanceof Promise ? patiently(found) : found;
  }

  async function isOver(): Promise<boolean> {
    return options.sessionTimeout ? (await load()).isOver() : false;
  }

  async function session({ signal, ...input }: SessionOptions = {}): Promise<Session | null> {
    await untilTaken(options, signal);
    if (await isOver()) return null;
    const found = await find();
    if (!input.forceRefresh) {
      if (found && isFresh(found)) {
        if (live) live.looked(found, { isCall: true });
        else followLater();
        return toSession(found);
      }
      const isNobody = !core.state.seen && ["unknown", "loading", "signedOut"].includes(now());
      if (found === null && isNobody) {
        if (live) live.looked(null, { isCall: true });
        else if (status === "unknown") status = "signedOut";
        return null;
      }
    }
    return (await load()).obtain(found, input, signal);
  }

  const now = () => live?.status ?? status;

  /** What a store answers; nothing where it fails or hangs. */
  const patiently = <T>(answer: Promise<T>) =>
    host.patiently(answer, undefined).catch(() => undefined);

  /** Signs out without the core, and without anything that would have to be loaded. */
  async function endLocally({ reason, global }: Ended): Promise<SignOutResult> {
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
    const all: AuthEvent[] = wasSomebody ? [{ type: "signedOut", reason }] : [];
    for (const event of [...all, { type: "statusChanged", status: "signedOut" } as const])
      live ? live.notify(event) : events.emit(event);
    status = "signedOut";
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
    async signOut(input = {}) {
      const loaded = await patiently(load());
      return loaded ? loaded.signOut(input) : endLocally({ reason: "signOut", ...input });
    },
    on(event, handler) {
      if (isDisposed) return () => {};
      const off = events.on(event, handler);
      look();
      follow((live) => live.begin());
      return off;
    },
    get status() {
      look();
      const known = now();
      // A call of the app, or of a handler, finds out; where none is made, this does.
      if (known === "loading" && !live) follow((live) => live.begin());
      return known as AuthStatus;
    },
    dispose() {
      isDisposed = true;
      events.clear();
      live?.dispose();
    },
  };

  /** The first look: at once, where the stores answer at once. What is there is no change. */
  function look(): void {
    if (now() !== "unknown") return;
    // Nobody can say yet who a response in the address signs in.
    const found = options.sessionTimeout || isComing(options) ? undefined : find();
    const isKnown = found === null || (found && !(found instanceof Promise));
    if (live) {
      if (isKnown) live.looked(found);
      else live.begin();
      return;
    }
    if (isKnown && core.state.seen === undefined) core.update({ seen: found?.text ?? "" });
    if (found === null) status = "signedOut";
    else status = isKnown && isFresh(found) ? "ok" : "loading";
    if (status !== "loading") core.update({ status });
  }

  return { auth, load, find, isOver, notify: (event: CoreEvent) => live?.notify(event) };
}

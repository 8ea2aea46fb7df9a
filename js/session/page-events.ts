/**
 * What a page tells by itself, and what other tabs tell it: only hints to look at the session again.
 */
import type { Hint } from "./reducer.js";

/** How much later than the store a message of another tab may arrive. */
const MESSAGE_MS = 1_000;

/** What is done about them. */
interface Listener {
  /** Looks at the session again. */
  hint(why?: Hint): void;
  /** Another tab said this. */
  hear(message: string): void;
  /** Whether the application wants to know what other tabs say. */
  isHeard(): boolean;
  /** The page is being listened to, until `signal` ends it. */
  begin(signal: AbortSignal): void;
}

/**
 * The events of one page for one app client; does nothing before it is told to. `name`: of the tabs'
 * channel, and what its keys begin with.
 */
export function createPageEvents(name: string, { hint, hear, isHeard, begin }: Listener) {
  let ends: AbortController | undefined;
  let channel: BroadcastChannel | undefined;

  function listen(): void {
    if (ends || typeof window !== "object") return;
    ends = new AbortController();
    const { signal } = ends;
    const on = (target: EventTarget, name: string, handler: (event: Event) => void) =>
      target.addEventListener(name, handler, { signal });
    on(document, "visibilitychange", () => isVisible() && hint());
    on(document, "resume", () => hint());
    on(window, "pagehide", () => {
      // A page in the back/forward cache is thrown away when a message comes for it.
      channel?.close();
      channel = undefined;
    });
    on(window, "pageshow", (event) => {
      if (!(event as PageTransitionEvent).persisted) return;
      if (isHeard()) openChannel();
      hint();
    });
    on(window, "online", () => hint({ online: true }));
    on(window, "storage", (event) => {
      const { key } = event as StorageEvent;
      // Cleared as a whole, and no message comes for it.
      if (key === null) return hint({ cleared: true });
      // That a page is used is no news of the session.
      if (!key.startsWith(`${name}.`) || key.endsWith(".active")) return;
      // The other tab's message is on its way, and says more.
      const timer = setTimeout(() => hint(), channel && MESSAGE_MS);
      signal.addEventListener("abort", () => clearTimeout(timer));
    });
    begin(signal);
  }

  /** Other tabs say why something changed; that it did, the store tells too. */
  function openChannel(): void {
    if (channel || typeof window !== "object" || typeof BroadcastChannel !== "function") return;
    try {
      channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => hear(String(data));
    } catch {
      // Some browsers refuse it where cookies are blocked: the store still tells that something changed.
    }
  }

  return {
    listen,
    openChannel,
    close(): void {
      ends?.abort();
      channel?.close();
      ends = channel = undefined;
    },
  };
}

/** Whether somebody may be looking at this page. */
export function isVisible(): boolean {
  return typeof document !== "object" || document.visibilityState !== "hidden";
}

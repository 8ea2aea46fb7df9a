/**
 * Sign-in in a window or frame of its own. Its last page is the application's bridge page, which hands
 * the response over by a channel that only this flow knows: the window's opener may be cut off by
 * then (`Cross-Origin-Opener-Policy`).
 */
import type { race } from "../core/core.js";
import type { authError } from "../errors/codes.js";
import type { begin, Context, exchange } from "./flow.js";
import type { RedirectInput, RedirectResult, SilentInput } from "../types/index.js";

/** What this gets from `redirect.ts`: a bundler would make a file of its own of what both import. */
export interface Tools {
  begin: typeof begin;
  exchange: typeof exchange;
  race: typeof race;
  authError: typeof authError;
}

/** Input of a sign-in in a window that was opened for it. */
export type PopupInput = Omit<RedirectInput, "redirectUri"> & { popup: Window | null | undefined };

/** Name of a flow's channel: unguessable, because the state is. */
function bridgeName(state: string): string {
  return `lifeguard.bridge.${state}`;
}

/** What the bridge page says: `bridge.ts`. By the channel without the state, which is its name. */
interface BridgeMessage {
  state?: string;
  response: string;
}

/** How often a window is looked at, in milliseconds. */
const LOOK_MS = 150;
/** How long after a window closed its response may still be on the way, in milliseconds. */
const GRACE_MS = 1_500;
/** How long a hidden frame may take, in milliseconds. */
const FRAME_MS = 20_000;
/** Longer than any response. */
const MAX_LENGTH = 8_192;

/** Ends the window of an app client that waits, when another one is opened. */
const waiting = new Map<string, () => void>();

export function createWindows({ begin, exchange, race, authError }: Tools) {
  async function popup(context: Context, { popup, ...input }: PopupInput): Promise<RedirectResult> {
    if (!popup) throw authError("popupBlocked");
    const over = new AbortController();
    let fail = () => {};
    const closed = new Promise<never>((_, reject) => {
      fail = () => reject(authError("popupClosed"));
    });
    closed.catch(() => {});
    const { clientId } = context.options;
    waiting.get(clientId)?.();
    waiting.set(clientId, fail);
    const window = context.outside(() => watchWindow(popup, fail, over.signal));
    const open = (url: string) => {
      window.leave();
      popup.location.replace(url);
    };
    try {
      return await through(context, input, open, closed, () => popup);
    } finally {
      over.abort();
      if (waiting.get(clientId) === fail) waiting.delete(clientId);
    }
  }

  async function frame(context: Context, input: SilentInput): Promise<RedirectResult> {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = "";
    try {
      return await through(
        context,
        { ...input, prompt: "none" },
        (url) => {
          frame.src = url;
          document.body.append(frame);
        },
        new Promise<never>(() => {}),
        () => frame.contentWindow,
        FRAME_MS,
      );
    } finally {
      frame.remove();
    }
  }

  /** A flow whose response comes by the bridge. Its record stays with this page. */
  async function through(
    context: Context,
    input: RedirectInput,
    open: (url: string) => void,
    ended: Promise<never>,
    opened: () => Window | null,
    limitMs?: number,
  ): Promise<RedirectResult> {
    const begun = await Promise.race([begin(context, input, { byBridge: true }), ended]);
    const { state, record, lifetimeMs } = begun;
    const channel = openChannel(bridgeName(state));
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let thank = () => channel?.postMessage("taken");
    try {
      const response = new Promise<string>((resolve, reject) => {
        const late = () => reject(authError(limitMs ? "timeout" : "redirectExpired"));
        timer = context.outside(() => setTimeout(late, limitMs ?? lifetimeMs));
        // SECURITY: a response and nothing else; what it is worth, the core decides.
        const take = (data: unknown) => {
          const { response } = (data ?? {}) as Partial<BridgeMessage>;
          if (typeof response === "string" && response.length <= MAX_LENGTH) resolve(response);
        };
        if (channel) channel.onmessage = ({ data }) => take(data);
        // A frame of another site has channels of its own, which its windows do not share.
        const hear = ({ data, origin, source }: MessageEvent) => {
          const from = source as Window | null;
          // SECURITY: of the bridge page's origin, out of the window of this flow, and with its state.
          if (origin !== location.origin || !from || from !== opened()) return;
          if ((data as BridgeMessage | null)?.state !== state) return;
          thank = () => from.postMessage({ taken: state }, origin);
          take(data);
        };
        addEventListener("message", hear, { signal: over.signal });
      });
      // Whoever answers must find somebody who listens.
      open(begun.url);
      const arrived = await race(Promise.race([response, ended]), input.signal);
      thank();
      return await exchange(context, { response: arrived, record });
    } finally {
      clearTimeout(timer);
      over.abort();
      channel?.close();
    }
  }

  return { popup, frame };
}

/** A channel, where the browser has any and lets this page use them. */
function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}

/**
 * Notices that a person closed the window, where that can be told. A window that was cut off from its
 * opener looks closed from the moment it leaves: then nothing can be told, and the flow ends with its
 * time. `leave` is to be called when the window is sent away.
 */
function watchWindow(popup: Window, closed: () => void, ends: AbortSignal): { leave(): void } {
  let hasLeft = false;
  let isSeenElsewhere = false;
  const timer = setInterval(() => {
    if (popup.closed) {
      clearInterval(timer);
      if (!hasLeft) closed();
      // Its response may be on the way.
      else if (isSeenElsewhere) setTimeout(closed, GRACE_MS);
      return;
    }
    try {
      void popup.location.href;
    } catch {
      isSeenElsewhere = true;
    }
  }, LOOK_MS);
  ends.addEventListener("abort", () => clearInterval(timer));
  return {
    leave() {
      hasLeft = true;
    },
  };
}

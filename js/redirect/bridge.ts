/**
 * For the bridge page of sign-ins in a window or frame of its own: a page of the application's origin that
 * does nothing else. Import it as `lifeguard-cognito/bridge`.
 *
 * @packageDocumentation
 */
import { scrub } from "./address.js";
import { findState } from "./callback.js";

/** How long the page that asked may take to say that it has the response, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Hands the response in this page's address to the page that asked for it, and closes this window.
 * Resolves to whether anybody took it: if not, say that the window can be closed.
 *
 * What crosses is what the address held: a code, which is worth nothing without the verifier that the other page
 * keeps, and the state.
 */
export async function relay(): Promise<boolean> {
  const state = findState();
  if (!state) return false;
  const response = scrub();
  const ends = new AbortController();
  let channel: BroadcastChannel | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const isTaken = await new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, false);
      // Both ways: a channel reaches a page that is cut off from this window, a message one in a frame of another site.
      try {
        channel = new BroadcastChannel(`lifeguard.bridge.${state}`);
        channel.onmessage = () => resolve(true);
        channel.postMessage({ response });
      } catch {
        // The message may arrive all the same.
      }
      const asker = (window.opener as Window | null) ?? (parent === window ? null : parent);
      const hear = ({ data, origin, source }: MessageEvent) => {
        if (origin !== location.origin || source !== asker) return;
        if ((data as { taken?: unknown } | null)?.taken === state) resolve(true);
      };
      addEventListener("message", hear, { signal: ends.signal });
      // SECURITY: to a page of this origin and no other.
      asker?.postMessage({ state, response }, location.origin);
    });
    if (isTaken) window.close();
    return isTaken;
  } finally {
    clearTimeout(timer);
    ends.abort();
    channel?.close();
  }
}

/**
 * The effect `send`: a request of the core by `fetch`.
 */
import { ownTime } from "./own-time.js";

/** What to send. */
export interface Send {
  url: string;
  headers: [name: string, value: string][];
  body: string;
  timeoutMs: number;
  keepAlive?: boolean;
}

/** Sends a request and reads the whole reply. */
export async function send(
  { url, headers, body, timeoutMs, keepAlive }: Send,
  signal?: AbortSignal,
): Promise<object> {
  if (signal?.aborted) return { error: "aborted" };
  const ends = new AbortController();
  const end = () => ends.abort();
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener("abort", end);
  try {
    const reply = await fetch(url, {
      method: "POST",
      headers,
      body,
      // No cookies, no cache: neither has a part in this protocol.
      credentials: "omit",
      cache: "no-store",
      ...(keepAlive && { keepalive: true }),
      signal: ends.signal,
    });
    const header = (name: string) => reply.headers.get(name) ?? undefined;
    return {
      status: reply.status,
      errorType: header("x-amzn-errortype"),
      errorMessage: header("x-amzn-errormessage"),
      retryAfter: header("retry-after"),
      // Not a number where nothing tells it, which is `null` in JSON.
      date: Date.parse(header("date") ?? "") / 1000 || (await ownTime()),
      body: await reply.text(),
    };
  } catch {
    if (signal?.aborted) return { error: "aborted" };
    if (ends.signal.aborted) return { error: "timeout" };
    return { error: globalThis.navigator?.onLine === false ? "offline" : "network" };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/**
 * The effect `verify`: the signature of a token, by WebCrypto. Only a sign-in by redirect asks for it,
 * so its code is loaded then.
 */
import type { Host } from "./host.js";

/** How long the keys may take, in milliseconds. */
const DEADLINE_MS = 15_000;

/** Whether a token is signed by one of the keys at an address. */
export async function verify(
  host: Pick<Host, "verifySignature">,
  { token, keys }: { token: string; keys: string },
  signal?: AbortSignal,
): Promise<boolean | object> {
  if (signal?.aborted) return { error: "aborted" };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end = () => {};
  const ended = new Promise<object>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS, { error: "timeout" });
    end = () => resolve({ error: "aborted" });
    signal?.addEventListener("abort", end);
  });
  try {
    return await Promise.race([isSigned(host, token, keys), ended]);
  } catch {
    // There are no keys to be had.
    return { error: globalThis.navigator?.onLine === false ? "offline" : "network" };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

async function isSigned(
  { verifySignature }: Pick<Host, "verifySignature">,
  token: string,
  keys: string,
): Promise<boolean> {
  const check = verifySignature ?? (await import("../verify/jws.js")).isSigned;
  return check(token, keys);
}

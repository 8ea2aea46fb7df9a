/**
 * Everything that the wrapper's object offers of the redirect flow, loaded when it is used; what opens a window or
 * a frame is loaded by itself.
 */
import { isSigned } from "../verify/jws.js";
import { begin, type Context, exchange, finish, signIn, signOut, signUpUrl } from "./flow.js";
import { noteAttempt } from "./marks.js";
import type { PopupInput } from "./popup.js";
import { authError, loadTools, race } from "./tools.js";
import type { SilentInput } from "../types/index.js";

const windows = async ({ unavailable }: Context) =>
  (await import("./popup.js").catch(unavailable)).createWindows({
    begin,
    exchange,
    race,
    authError,
  });

async function popup(context: Context, input: PopupInput) {
  return (await windows(context)).popup(context, input);
}

async function silent(context: Context, { mode, ...input }: SilentInput = {}) {
  if (mode === "frame") return (await windows(context)).frame(context, input);
  noteAttempt(context.options.clientId);
  return signIn(context, { ...input, prompt: "none" });
}

const parts = { signIn, finish, signOut, signUpUrl, popup, silent };
export type RedirectParts = typeof parts;
export type RedirectAnswer<N extends keyof RedirectParts> = Promise<
  Awaited<ReturnType<RedirectParts[N]>>
>;
export type RedirectPart<N extends keyof RedirectParts> = Parameters<RedirectParts[N]>[1];

/** Runs one of them. */
export async function run<N extends keyof RedirectParts>(
  context: Context,
  name: N,
  input: RedirectPart<N>,
): RedirectAnswer<N> {
  await loadTools().catch(context.unavailable);
  context.host.verifySignature = isSigned;
  const part = parts[name] as (context: Context, input: RedirectPart<N>) => RedirectAnswer<N>;
  return part(context, input);
}

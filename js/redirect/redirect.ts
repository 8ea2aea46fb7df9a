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

const windows = async ({ inTime }: Context) =>
  (await inTime(import("./popup.js"))).createWindows({
    begin,
    exchange,
    race,
    authError,
  });

async function popup(context: Context, input: PopupInput) {
  return (await windows(context)).popup(context, input);
}

async function silentSignIn(context: Context, { mode, ...input }: SilentInput = {}) {
  if (mode === "frame") return (await windows(context)).frame(context, input);
  noteAttempt(context.options.clientId);
  return signIn(context, { ...input, prompt: "none" });
}

/** The methods of the object by their names, and what finishes two more of them. */
export async function createRedirects(context: Context) {
  await context.inTime(loadTools());
  context.host.verifySignature = isSigned;
  const of =
    <I extends unknown[], R>(part: (context: Context, ...input: I) => R) =>
    (...input: I) =>
      part(context, ...input);
  return {
    signInWithRedirect: of(signIn),
    silentSignIn: of(silentSignIn),
    signUpUrl: of(signUpUrl),
    signOutWithRedirect: of(signOut),
    finish: of(finish),
    popup: of(popup),
  };
}

export type RedirectMethods = Awaited<ReturnType<typeof createRedirects>>;

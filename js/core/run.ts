/**
 * Takes a call of the core from one effect to the next. The core keeps nothing in between: all of a
 * call is in its message, so that the instance may be replaced between any two steps.
 */
import { createEffects, type Effect } from "../effects/effects.js";
import type { Host } from "../effects/host.js";
import { AuthError } from "../errors/auth-error.js";
import { authError, type CoreFailure, fromCore } from "../errors/codes.js";
import { step } from "../lifeguard.js";
import type { AuthStatus } from "../types/index.js";
import { isReady, load, replace, type Source } from "./load.js";
import type { Operation } from "./operations.js";

/** What the page remembers of a pool from call to call: data of the core. */
export interface CoreState {
  /** The stored record that handlers know of; empty for nobody, absent where it is not known. */
  seen?: string;
  /** Epoch of the session that ended last. */
  over?: string;
  /** The status that was emitted last. */
  status?: AuthStatus;
  [key: string]: unknown;
}

/** What a call begins with. */
export interface Begun {
  config: object;
  operation: Operation;
  input: object;
}

/** What all calls of one pool share. */
export interface Context {
  host: Host;
  /** Where the core comes from. */
  source: Source;
  state: CoreState;
  /** Emits a session event. */
  notify(event: object): void;
}

/** How far a step has come: `src/step.rs`. */
interface Output {
  /** What the call has learned in this step. */
  entries: unknown[];
  /** What to do at once. */
  notes: { notify?: object; broadcast?: string; unlock?: string }[];
  state?: CoreState;
  effect?: Effect;
  done?: unknown;
  failed?: CoreFailure;
}

/** Runs a call to its end. */
export async function run<T>(context: Context, begun: Begun, signal?: AbortSignal): Promise<T> {
  const effects = createEffects(context.host, signal);
  const transcript: unknown[] = [];
  // Once: what the application changes from now on is of another call.
  const call = write(begun);
  try {
    for (;;) {
      // Again where another call has ended, and its instance with it, in the meantime.
      while (!isReady()) await load(context.source);
      const output = take(call, { state: context.state, transcript });
      transcript.push(...output.entries);
      if (output.state) context.state = output.state;
      for (const { notify, broadcast, unlock } of output.notes) {
        if (notify) context.notify(notify);
        if (broadcast !== undefined) context.host.broadcast(broadcast);
        if (unlock !== undefined) effects.unlock(unlock);
      }
      if (output.failed) throw fromCore(output.failed);
      if (!output.effect) return output.done as T;
      transcript.push([output.effect.id, await effects.perform(output.effect)]);
    }
  } finally {
    effects.end();
    replace();
  }
}

/** What a call begins with, as text without its last brace. */
function write(begun: Begun): string {
  const text = asJson(begun);
  // JSON escapes only what is no character by itself: half of one, where a text was cut.
  if (/(^|[^\\])(\\\\)*\\ud[89a-f]/.test(text))
    throw authError("misuse", {
      detail: "a text of an argument ends in the middle of a character",
    });
  return text.slice(0, -1);
}

function asJson(begun: Begun): string {
  try {
    return JSON.stringify(begun);
  } catch (cause) {
    // A circle, a BigInt, a `toJSON` that throws.
    throw authError("misuse", { detail: "an argument cannot be written as JSON", cause });
  }
}

function take(call: string, rest: { state: CoreState; transcript: unknown[] }): Output {
  const message = `${call},${JSON.stringify(rest).slice(1)}`;
  try {
    return JSON.parse(step(message));
  } catch (cause) {
    // A trap. The other calls go on in a new instance, each with its own transcript.
    replace();
    throw new AuthError("internal", { cause });
  }
}

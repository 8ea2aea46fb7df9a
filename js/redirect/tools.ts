/**
 * What this part needs of the core's file. It is taken when the part runs: a bundler would make a file of its own of
 * what two parts import at their top, and each sign-in would wait for one file more.
 */
import type * as Core from "../core/core.js";

let core: typeof Core | undefined;

/** Loads them; before that they throw. */
export async function loadTools(): Promise<typeof Core> {
  core ??= await import("../core/core.js");
  return core;
}

export const authError: typeof Core.authError = (...error) =>
  (core as typeof Core).authError(...error);
export const fromCore: typeof Core.fromCore = (failure) => (core as typeof Core).fromCore(failure);
export const compile: typeof Core.compile = (source) => (core as typeof Core).compile(source);
export const lock: typeof Core.lock = (...input) => (core as typeof Core).lock(...input);
export const race: typeof Core.race = (result, signal) =>
  (core as typeof Core).race(result, signal);

/**
 * Most calls: input through, result back.
 */
import type { Call, Operation } from "./core.js";
import type { CallOptions } from "../types/index.js";

/** Runs an operation with what the page handed over. */
export type Run = <T>(operation: Operation, input?: CallOptions) => Promise<T>;

/** Runs one whose result is that it was done. */
export type Act = (operation: Operation, input?: CallOptions) => Promise<void>;

export function createRun(call: Call): [Run, Act] {
  const run: Run = (operation, { signal, ...input } = {}) => call(operation, input, signal);
  const act: Act = async (operation, input) => {
    await run(operation, input);
  };
  return [run, act];
}

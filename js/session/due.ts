/**
 * When a session should be refreshed: needed only where one is kept alive.
 */
import { LEAD_PART, MAX_LEAD_MS } from "../generated/live-session.js";
import type { Times } from "./stored-session.js";

/** When it should be refreshed ahead of time: `Session::due_in_ms`. `dice`: from 0 to 1. */
export function dueAt({ receivedAt, freshUntil }: Times, dice = Math.random()): number {
  const half = Math.min((freshUntil - receivedAt) / LEAD_PART, MAX_LEAD_MS) / 2;
  return freshUntil - half * (1 + dice);
}

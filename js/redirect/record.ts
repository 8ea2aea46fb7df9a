/**
 * Spends a response. A flow's record belongs to one tab: taking it out of `localStorage` is no atomic step between the
 * processes of a browser. Two tabs that look at once can both read it, and a code that is redeemed twice ends the
 * session of both.
 */
import type { Arrival } from "./callback.js";
import { scrub } from "./address.js";
import { get, set } from "./stores.js";
import { lock } from "./tools.js";

/** As in `callback.ts`, which is in another file of what bundlers make. */
export const FLOW = "lifeguard.flow.";

/** How long a browser, or another tab, may keep the lock, in milliseconds. */
const LOCK_MS = 2_000;
/** Longer than a write to `localStorage` needs to be seen by the other tabs, in milliseconds. */
const SEEN_MS = 150;

/**
 * Takes a response out of the address, and the flow's record out of the store, and runs `use` with that; without one
 * where another tab has it, or had it.
 */
export function spend<T>(
  { response, state }: Arrival,
  use: (record?: string) => Promise<T>,
): Promise<T> {
  // SECURITY: out of the address and this entry of the history before anything is sent. The application may have
  // gone on meanwhile.
  if (location.search.slice(1) === response) scrub();
  return takeRecord(FLOW + state, use);
}

/** Takes a record and runs `use` with it. */
export async function takeRecord<T>(key: string, use: (record?: string) => Promise<T>): Promise<T> {
  const { answer, release } = await lock(key, LOCK_MS, Number.POSITIVE_INFINITY);
  try {
    // Where there are no locks, or none that answer, nobody is kept out. Whoever has it longer has removed the record.
    const isMine = answer === "held" || (await isFirst(key));
    return await use(isMine ? remove(key) : undefined);
  } finally {
    // Only now: by this time every tab sees that the record is gone.
    release?.();
  }
}

/** Whether this tab is the one that may take the record: the last of those that claim it within a moment. */
async function isFirst(key: string): Promise<boolean> {
  const lease = `${key}.lease`;
  const id = String(Math.random());
  const isKept = set("localStorage", lease, id);
  await new Promise((resolve) => setTimeout(resolve, SEEN_MS));
  const isMine = get("localStorage", lease) === id;
  if (isMine) set("localStorage", lease);
  return isMine || !isKept;
}

function remove(key: string): string | undefined {
  const record = get("localStorage", key);
  set("localStorage", key);
  return record ?? undefined;
}

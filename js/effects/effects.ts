/**
 * Performs the effects of one call. No decisions: what an effect is for, the core knows
 * (`src/host.rs`).
 */
import { sleep } from "./clock.js";
import { type Send, send } from "./fetch.js";
import type { Host } from "./host.js";
import { type Lock, lock } from "./locks.js";
import { create, get, type PasskeyRequest } from "./passkeys.js";
import { verify } from "./signatures.js";
import { read, type StoreName, type Write, write } from "./storage.js";

/** What the core asks for. */
export type Effect = { id: number; detached?: boolean } & (
  | ({ kind: "send" } & Send)
  | { kind: "sleep"; ms: number }
  | { kind: "read"; items: [StoreName, string][] }
  | ({ kind: "write" } & Write)
  | { kind: "lock"; name: string; waitMs: number; holdMs: number }
  | ({ kind: "passkeyGet" | "passkeyCreate" } & PasskeyRequest)
  | { kind: "verify"; token: string; keys: string }
);

/** The effects of one call, which `signal` can end. */
export function createEffects(host: Host, signal: AbortSignal | undefined) {
  const held = new Map<string, Lock>();

  function unlock(name: string): void {
    held.get(name)?.release?.();
    held.delete(name);
  }

  /** A request ends before another tab may take a lock of this call. */
  async function sendLocked(request: Send, ends: AbortSignal | undefined): Promise<object> {
    let { timeoutMs } = request;
    for (const { left } of held.values()) timeoutMs = Math.min(timeoutMs, left?.() ?? timeoutMs);
    return timeoutMs > 0 ? send({ ...request, timeoutMs }, ends) : { error: "unlocked" };
  }

  async function perform(effect: Effect): Promise<unknown> {
    const ends = effect.detached ? undefined : signal;
    switch (effect.kind) {
      case "send":
        return sendLocked(effect, ends);
      case "sleep":
        return sleep(effect, ends);
      case "read":
        return read(host, effect);
      case "write":
        return write(host, effect);
      case "lock": {
        const taken = await lock(effect.name, effect.waitMs, effect.holdMs);
        if (taken.release) held.set(effect.name, taken);
        return taken.answer;
      }
      case "passkeyGet":
        return get(effect, ends);
      case "passkeyCreate":
        return create(effect, ends);
      case "verify":
        return verify(host, effect, ends);
    }
  }

  return {
    perform,
    unlock,
    /** Releases what the call has not. */
    end() {
      for (const name of [...held.keys()]) unlock(name);
    },
  };
}

/**
 * Performs the effects of one call. No decisions: what an effect is for, the core knows
 * (`src/host.rs`).
 */
import { sleep } from "./clock.js";
import { type Send, send } from "./fetch.js";
import type { Host } from "./host.js";
import { lock } from "./locks.js";
import { create, get, type PasskeyRequest } from "./passkeys.js";
import { verify } from "./signatures.js";
import { read, type StoreName, write } from "./storage.js";

/** What the core asks for. */
export type Effect = { id: number; detached?: boolean } & (
  | ({ kind: "send" } & Send)
  | { kind: "sleep"; ms: number }
  | { kind: "read"; items: [StoreName, string][] }
  | { kind: "write"; store: StoreName; key: string; value?: string }
  | { kind: "lock"; name: string; waitMs: number }
  | ({ kind: "passkeyGet" | "passkeyCreate" } & PasskeyRequest)
  | { kind: "verify"; token: string; keys: string }
);

/** The effects of one call, which `signal` can end. */
export function createEffects(host: Host, signal: AbortSignal | undefined) {
  const held = new Map<string, () => void>();

  function unlock(name: string): void {
    held.get(name)?.();
    held.delete(name);
  }

  async function perform(effect: Effect): Promise<unknown> {
    const ends = effect.detached ? undefined : signal;
    switch (effect.kind) {
      case "send":
        return send(effect, ends);
      case "sleep":
        return sleep(effect, ends);
      case "read":
        return read(host, effect);
      case "write":
        return write(host, effect);
      case "lock": {
        const { answer, release } = await lock(effect.name, effect.waitMs);
        if (release) held.set(effect.name, release);
        return answer;
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

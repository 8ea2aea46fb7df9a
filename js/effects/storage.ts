/**
 * The effects `read` and `write`: stores, which may throw, hang, or answer with a promise.
 */
import { STORE_PATIENCE_MS } from "../generated/constants.js";
import type { StorageAdapter } from "../types/index.js";
import { cookiesOf } from "./cookies.js";
import type { Host } from "./host.js";

/** Names of the stores, as the core has them. */
export type StoreName = "local" | "session" | "memory" | "cookies";

/** Reads values, one after the other. */
export async function read(
  host: Host,
  { items }: { items: [store: StoreName, key: string][] },
): Promise<unknown[]> {
  const values: unknown[] = [];
  const hanging = new Map<StoreName, Failure>();
  for (const [store, key] of items) {
    // Patience is for a store, not for each of its values.
    const value =
      hanging.get(store) ?? (await settled(host, store, (adapter) => adapter.getItem(key)));
    if (value instanceof Failure && value.error === "timeout") hanging.set(store, value);
    // Only text is a value: an adapter may answer with anything.
    values.push(value instanceof Failure || typeof value === "string" ? value : null);
  }
  return values;
}

/** Writes a value, or removes one. */
export async function write(
  host: Host,
  { store, key, value }: { store: StoreName; key: string; value?: string | null },
): Promise<object | null> {
  const done = await settled(host, store, (adapter) =>
    value === undefined || value === null ? adapter.removeItem(key) : adapter.setItem(key, value),
  );
  return done instanceof Failure ? done : null;
}

function storeOf(host: Host, name: StoreName): StorageAdapter {
  if (name === "cookies") return cookiesOf(host);
  return { local: host.lasting, session: host.tab, memory: host.memory }[name];
}

/** Why a store did not answer. */
class Failure {
  constructor(readonly error: "timeout" | "unavailable") {}
}

async function settled(
  host: Host,
  name: StoreName,
  use: (store: StorageAdapter) => unknown,
): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = use(storeOf(host, name));
    if (typeof (answer as Promise<unknown> | undefined)?.then !== "function") return answer;
    const hung = new Promise<Failure>((resolve) => {
      timer = setTimeout(resolve, STORE_PATIENCE_MS, new Failure("timeout"));
    });
    return await Promise.race([answer, hung]);
  } catch {
    return new Failure("unavailable");
  } finally {
    clearTimeout(timer);
  }
}

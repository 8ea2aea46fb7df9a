/**
 * The effects `read` and `write`: stores, which may throw, hang, or answer with a promise.
 */
import type { StorageAdapter } from "../types/index.js";
import { within } from "./clock.js";
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
      hanging.get(store) ?? (await settled(host, store, key, (adapter) => adapter.getItem(key)));
    if (value instanceof Failure && value.error === "timeout") hanging.set(store, value);
    // Only text is a value: an adapter may answer with anything.
    const isValue = value instanceof Failure || typeof value === "string";
    values.push(isValue ? await latest(host, store, key, value) : null);
  }
  return values;
}

/** What to change in a store: keys and values, `null` for none. */
export interface Write {
  store: StoreName;
  expected: [key: string, value: string | null][];
  changes: [key: string, value: string | null][];
}

/** Changes values, in this order, if others are as expected: whether they were. */
export async function write(
  host: Host,
  { store, expected, changes }: Write,
): Promise<object | boolean> {
  // Between the two, nothing else of this page runs, unless the store answers with promises.
  for (const [key, value] of expected) {
    let found = settled(host, store, key, (adapter) => adapter.getItem(key));
    if (found instanceof Promise) found = await found;
    if (found instanceof Failure) return found;
    if ((typeof found === "string" ? found : null) !== value) return false;
  }
  for (const [key, value] of changes) {
    let done = settled(host, store, key, (adapter) =>
      value === null ? adapter.removeItem(key) : adapter.setItem(key, value),
    );
    if (done instanceof Promise) done = await done;
    if (done instanceof Failure) return done;
  }
  await handOn(host, { store, expected, changes });
  return true;
}

/** How long a server may take for a part of the package, in milliseconds. */
const PART_MS = 30_000;

/** What the names of the successors of a key's value begin with. */
const successorsOf = (key: string) => `${key}.next.`;

/** A duplicated tab goes on with what the other tab's refresh brought: `successor.ts`. */
async function latest(host: Host, store: StoreName, key: string, value: unknown): Promise<unknown> {
  const local = host.local();
  if (store !== "session" || typeof value !== "string" || !local) return value;
  try {
    const prefix = successorsOf(key);
    if (!Object.keys(local).some((name) => name.startsWith(prefix))) return value;
    const part = await within(import("./successor.js"), PART_MS);
    const last = (await part?.follow(local, prefix, value)) ?? value;
    if (last !== value) await host.tab.setItem(key, last);
    return last;
  } catch {
    return value;
  }
}

/** Where it fails, a duplicate of this tab ends at its next refresh, and nothing else happens. */
async function handOn(host: Host, { store, expected, changes }: Write): Promise<void> {
  const [key, after] = changes[0] ?? [];
  const before = expected.find(([name]) => name === key)?.[1];
  const local = host.local();
  if (store !== "session" || !key || !before || !after || !local) return;
  const left = import("./successor.js").then(({ leave }) =>
    leave(local, successorsOf(key), before, after),
  );
  // The new tokens are there: their caller waits for this no longer than for a store.
  await host.patiently(left, undefined).catch(() => {});
}

function storeOf(host: Host, name: StoreName, key: string): StorageAdapter {
  if (name === "cookies") return cookiesOf(host);
  // SECURITY: a device's password has no business in cookies, which every request carries to the site.
  if (name === "local" && host.lasting.shared && key.includes(".device."))
    return host.local() ?? host.memory;
  return { local: host.lasting, session: host.tab, memory: host.memory }[name];
}

/** Why a store did not answer. */
class Failure {
  constructor(readonly error: "timeout" | "unavailable") {}
}

/** What a store answers, as a promise only where it answers with one. */
function settled(
  host: Host,
  name: StoreName,
  key: string,
  use: (store: StorageAdapter) => unknown,
): unknown {
  try {
    const answer = use(storeOf(host, name, key));
    const isLater = typeof (answer as Promise<unknown> | undefined)?.then === "function";
    if (!isLater) return answer;
    return host
      .patiently(answer as Promise<unknown>, new Failure("timeout"))
      .catch(() => new Failure("unavailable"));
  } catch {
    return new Failure("unavailable");
  }
}

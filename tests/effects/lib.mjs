// A package with a core that plays a script: the compiled wrapper, copied, with another glue in it.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const dist = fileURLToPath(new URL("../../dist", import.meta.url));

/** The smallest module: `(module (memory (export "memory") 1))`. */
export const emptyWasm = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 0, 1, 7, 10, 1, 6, 109, 101, 109, 111, 114, 121, 2, 0]);

const glue = `
export const imports = {};
export const seen = { memories: [], step: undefined };
let memory;
export function begin(exports) {
  memory = exports.memory;
  seen.memories.push(memory);
}
export function step(message) {
  // As the real one does: what a call took lies in the memory.
  new TextEncoder().encodeInto(message.slice(0, 1000), new Uint8Array(memory.buffer));
  return JSON.stringify({ entries: [], notes: [], ...seen.step(JSON.parse(message)) });
}
`;

/** A copy of the package; `change` alters its files. Imports parts of it by path. */
export function copyPackage(t, change = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-effects-"));
  cpSync(dist, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  change(folder);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return (path) => import(pathToFileURL(join(folder, path)).href);
}

/** A core whose steps are what `step` returns; `memories`: of its instances, in order. */
export async function scriptedCore(t, step, options = {}) {
  const part = copyPackage(t, (folder) => writeFileSync(join(folder, "lifeguard.js"), glue));
  const { seen } = await part("lifeguard.js");
  seen.step = step;
  const { createCore } = await part("core/core.js");
  const { createHost } = await part("effects/host.js");
  const { findRecord } = await part("session/stored-session.js");
  const all = { userPoolId: "eu-west-1_Ab12", clientId: "client1", storage: "memory", wasm: emptyWasm, ...options };
  const events = [];
  const host = createHost(all);
  return { core: createCore(all, host, (event) => events.push(event), () => findRecord(all, host)), host, events, memories: seen.memories, part };
}

/** A store over a map. */
export function makeStore(more = {}) {
  const items = new Map();
  return { items, getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value), removeItem: (key) => void items.delete(key), ...more };
}

const replaced = new WeakMap();

/** Sets a global for a test; what was there before its first change comes back. */
export function setGlobal(t, name, value) {
  const names = replaced.get(t) ?? new Set();
  replaced.set(t, names);
  if (!names.has(name)) {
    names.add(name);
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
}

/** A signal that counts its listeners. */
export function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const count = { added: 0, removed: 0 };
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...all) => (count.added++, add(...all));
  signal.removeEventListener = (...all) => (count.removed++, remove(...all));
  return { controller, signal, count };
}

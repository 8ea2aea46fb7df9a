/**
 * Takes a session out of this browser without the core, where that does not load or does not answer:
 * `src/operations/session/sign_out.rs` does it otherwise, and has the service revoke the tokens.
 */
import type { Host } from "../effects/host.js";
import {
  CREDENTIALS_KEY,
  EPOCH_KEY,
  KEY_PREFIX,
  LEGACY_PREFIX,
  SESSION_KEY,
} from "../generated/constants.js";
import type { StorageAdapter } from "../types/index.js";

/** Whether every store let go of the session. */
export async function clearStores(
  clientId: string,
  host: Host,
  patiently: <T>(answer: Promise<T>) => Promise<T | undefined>,
): Promise<boolean> {
  // Another epoch makes void what a tab in the middle of a refresh is about to write.
  // Not secret: it only has to differ.
  const epoch = String(Math.random());
  const ours = [() => host.memory, () => host.tab, () => host.lasting].map((store) =>
    patiently(clear(store(), KEY_PREFIX + clientId, epoch)),
  );
  const others = [() => host.tab, () => host.lasting, () => host.local()].map((store) =>
    patiently(clearLegacy(store(), LEGACY_PREFIX + clientId)),
  );
  const cleared = await Promise.all(ours);
  await Promise.all(others);
  return cleared.every(Boolean);
}

async function clear(store: StorageAdapter, name: string, epoch: string): Promise<true> {
  const mark = async () => store.setItem(name + EPOCH_KEY, epoch);
  const marked = await mark().then(
    () => true,
    () => false,
  );
  await store.removeItem(name + SESSION_KEY);
  await store.removeItem(name + CREDENTIALS_KEY);
  // A full store has room for the epoch now.
  if (!marked) await mark();
  return true;
}

/** What would be adopted again. */
async function clearLegacy(store: StorageAdapter | undefined, name: string): Promise<void> {
  const user = await store?.getItem(`${name}.LastAuthUser`);
  if (!store || !user) return;
  for (const part of ["accessToken", "idToken", "refreshToken"])
    await store.removeItem(`${name}.${user}.${part}`);
  await store.removeItem(`${name}.LastAuthUser`);
}

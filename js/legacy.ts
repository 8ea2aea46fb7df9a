/**
 * Whether another library left a session in this browser: `src/protocol/record/adopt.rs` reads it.
 * Nobody has to load the core to learn that there is none.
 */
import type { Host } from "./host.js";

/** Whether there may be something to take over, or to remove. A store that fails hides it. */
export async function hasLegacy(clientId: string, host: Host): Promise<boolean> {
  const key = `CognitoIdentityServiceProvider.${clientId}.LastAuthUser`;
  const looks = [() => host.lasting, () => host.tab, () => host.cookies].map(async (store) =>
    store().getItem(key),
  );
  const found = await Promise.allSettled(looks);
  return found.some((look) => look.status === "rejected" || look.value);
}

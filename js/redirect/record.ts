/**
 * A flow's record belongs to one tab. Taking it out of `localStorage` is no atomic step between the processes of a
 * browser: two tabs that look at once can both read it, and a code that is redeemed twice ends the session of both.
 */

/** How long a browser may take to say whether a lock is free, in milliseconds. */
const LOCK_MS = 2_000;
/** Longer than a write to `localStorage` needs to be seen by the other tabs, in milliseconds. */
const SEEN_MS = 150;
/** Keys of leases, where there are no locks. */
const LEASE = "lifeguard.lease.";

/** Takes the record and runs `use` with it; without one where another tab has it, or had it. */
export async function takeRecord<T>(key: string, use: (record?: string) => Promise<T>): Promise<T> {
  const locks = await lockManager();
  if (!locks) return use((await isFirst(key)) ? remove(key) : undefined);
  let isLate = false;
  const free = new Promise<"late">((resolve) => {
    setTimeout(() => {
      isLate = true;
      resolve("late");
    }, LOCK_MS);
  });
  let begun = () => {};
  const answered = new Promise<"answered">((resolve) => {
    begun = () => resolve("answered");
  });
  // The lock is kept until the end: by then every tab sees that the record is gone.
  const result = locks.request(key, { ifAvailable: true }, async (lock) => {
    if (isLate) return undefined;
    begun();
    return { value: await use(lock ? remove(key) : undefined) };
  });
  result.catch(() => begun());
  // A lock manager that does not answer must not keep anybody out.
  if ((await Promise.race([answered, free])) === "late") return use(remove(key));
  return ((await result) as { value: T }).value;
}

/** The locks of this origin; none in frames that may not have any. */
async function lockManager(): Promise<LockManager | undefined> {
  try {
    const locks = globalThis.navigator?.locks;
    // Where they are switched off, they say so when asked.
    await Promise.race([
      locks.request(`${LEASE}try`, { mode: "shared" }, () => {}),
      after(LOCK_MS),
    ]);
    return locks;
  } catch {
    return undefined;
  }
}

/** Whether this tab is the one that may take the record: the last of those that claim it within a moment. */
async function isFirst(key: string): Promise<boolean> {
  const lease = LEASE + key;
  const id = Math.random().toString(36);
  try {
    localStorage.setItem(lease, id);
    await after(SEEN_MS);
    const isMine = localStorage.getItem(lease) === id;
    if (isMine) localStorage.removeItem(lease);
    return isMine;
  } catch {
    return true;
  }
}

function remove(key: string): string | undefined {
  try {
    const record = localStorage.getItem(key);
    localStorage.removeItem(key);
    return record ?? undefined;
  } catch {
    return undefined;
  }
}

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

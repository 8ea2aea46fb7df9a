/**
 * The time by this page's own server, for services whose `Date` a page may not read: a proof of the
 * wrong time is refused in the same words as a wrong password.
 */

/** How long the answer counts, in milliseconds: the user may set the clock. */
const KEPT_MS = 60_000;
/** How long the server may take, in milliseconds. */
const PATIENCE_MS = 2_000;

let asked: Promise<number> | undefined;
let askedAt = 0;

/** In Unix seconds; not a number where it cannot be known. */
export async function ownTime(): Promise<number> {
  if (!asked || performance.now() - askedAt > KEPT_MS) {
    askedAt = performance.now();
    asked = ask();
  }
  const before = askedAt;
  return (await asked) + (performance.now() - before) / 1000;
}

async function ask(): Promise<number> {
  try {
    // Not this page's address: its query may be a response of the redirect flow.
    const { headers } = await fetch(location.origin, {
      method: "HEAD",
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    // A cache on the way says how long ago it was (RFC 9111, section 5.1).
    return Date.parse(headers.get("date") ?? "") / 1000 + Number(headers.get("age"));
  } catch {
    return Number.NaN;
  }
}

/**
 * zone.js, which Angular applications load. It tells them when nothing is pending any more, and has
 * them look for changes after each task. Elsewhere there is none.
 */

/** As much of it as is used here: https://angular.dev/api, `zone.js`. */
interface ZoneType {
  root: { run<T>(work: () => T): T };
  current: { wrap<F>(handler: F, source: string): F };
}

const zone = () => (globalThis as { Zone?: ZoneType }).Zone;

/** Runs what sets a long timer: no application waits for it. */
export function outside<T>(work: () => T): T {
  const Zone = zone();
  return Zone ? Zone.root.run(work) : work();
}

/** A handler that runs where it was given, whatever calls it. */
export function inside<F>(handler: F): F {
  return zone()?.current.wrap(handler, "lifeguard") ?? handler;
}

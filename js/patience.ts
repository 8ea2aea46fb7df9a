/**
 * Waiting no longer than so long, for what every page has. The core's file has its own (`effects/clock.ts`): a bundler
 * would make a file by itself of what both import.
 */
import { outside } from "./zone.js";

/** What work comes to, or `late` where it takes longer. */
export function within<T, L>(work: Promise<T>, ms: number, late: L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<L>((resolve) => {
    timer = outside(() => setTimeout(resolve, ms, late));
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

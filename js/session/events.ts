/**
 * Handlers of the application, each safe from the others' failures and free to call back.
 */
import type { AuthEvents } from "../types/index.js";

type Name = keyof AuthEvents;
type Handler = (detail: never) => void;

/** An event as the core tells it. */
export type AuthEvent = { [E in Name]: { type: E } & AuthEvents[E] }[Name];

export function createEvents() {
  const handlers = new Map<Name, Set<Handler>>();

  return {
    /** Whether anybody listens. */
    get isHeard(): boolean {
      return handlers.size > 0;
    },

    on<E extends Name>(event: E, handler: (detail: AuthEvents[E]) => void): () => void {
      const all = handlers.get(event) ?? new Set();
      handlers.set(event, all.add(handler));
      return () => {
        all.delete(handler);
        if (all.size === 0) handlers.delete(event);
      };
    },

    /** Tells handlers, after whatever runs now has ended. */
    tell({ type, ...detail }: AuthEvent): void {
      for (const handler of handlers.get(type) ?? []) {
        queueMicrotask(() => {
          try {
            handler(detail as never);
          } catch (error) {
            // To the page's own error reporting: a handler's failure is nobody else's.
            setTimeout(() => {
              throw error;
            });
          }
        });
      }
    },
  };
}

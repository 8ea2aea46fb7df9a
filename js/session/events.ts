/**
 * Handlers of the application, each safe from the others' failures and free to call back.
 */
import type { AuthEvents } from "../types/index.js";

type Name = keyof AuthEvents;
type Handler = (detail: never) => void;

/** An event as the core emits it. */
export type AuthEvent = { [E in Name]: { type: E } & AuthEvents[E] }[Name];

export function createEvents() {
  const handlers = new Map<Name, Set<{ handler: Handler }>>();

  return {
    /** Whether anybody listens. */
    get isHeard(): boolean {
      return handlers.size > 0;
    },

    on<E extends Name>(event: E, handler: (detail: AuthEvents[E]) => void): () => void {
      // An entry of its own for each subscription: the same function may be subscribed twice.
      const subscription = { handler };
      const all = handlers.get(event) ?? new Set();
      handlers.set(event, all.add(subscription));
      return () => {
        all.delete(subscription);
        if (all.size === 0 && handlers.get(event) === all) handlers.delete(event);
      };
    },

    /** Calls handlers, after whatever runs now has ended. */
    emit({ type, ...detail }: AuthEvent): void {
      const all = handlers.get(type);
      for (const subscription of all ?? []) {
        queueMicrotask(() => {
          // Unsubscribed in the meantime.
          if (!all?.has(subscription)) return;
          try {
            subscription.handler(detail as never);
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

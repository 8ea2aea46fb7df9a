/**
 * Event handlers of the application: a handler that throws disturbs no other, and each may call back.
 */
import type { AuthEvents } from "../types/index.js";
import { inside } from "../zone.js";

type Name = keyof AuthEvents;

/** An event as the core emits it. */
export type AuthEvent = { [E in Name]: { type: E } & AuthEvents[E] }[Name];

/** One subscription: the same function may be subscribed twice. */
interface Subscription {
  event: Name;
  handler: (detail: never) => void;
}

export function createEvents() {
  const subscriptions = new Set<Subscription>();

  return {
    /** Whether there are handlers. */
    get isHeard(): boolean {
      return subscriptions.size > 0;
    },

    on<E extends Name>(event: E, handler: (detail: AuthEvents[E]) => void): () => void {
      const subscription = { event, handler: inside(handler) };
      subscriptions.add(subscription);
      return () => void subscriptions.delete(subscription);
    },

    /** Calls the handlers, after whatever runs now has ended. */
    emit({ type, ...detail }: AuthEvent): void {
      for (const subscription of subscriptions) {
        if (subscription.event !== type) continue;
        queueMicrotask(() => {
          // Unsubscribed in the meantime.
          if (!subscriptions.has(subscription)) return;
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

    /** Drops all handlers. */
    clear: () => subscriptions.clear(),
  };
}

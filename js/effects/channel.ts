/**
 * The note `broadcast`: a message to the other tabs by `BroadcastChannel`.
 */

/** Name of the channel of an app client. */
export function channelName(clientId: string): string {
  return `lifeguard.${clientId}`;
}

export function broadcast(clientId: string, message: string): void {
  try {
    const channel = new BroadcastChannel(channelName(clientId));
    channel.postMessage(message);
    channel.close();
  } catch {
    // Missing, or forbidden here: the other tabs see the change in the store.
  }
}

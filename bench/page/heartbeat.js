/** Notes how long the page's main thread was kept from everything else. */
export class Heartbeat {
  #channel = new MessageChannel();
  #last = performance.now();
  #longest = 0;

  constructor() {
    this.#channel.port1.onmessage = () => {
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - this.#last);
      this.#last = now;
      this.#channel.port2.postMessage(null);
    };
    this.#channel.port2.postMessage(null);
  }

  /** Ends it and returns the longest gap in milliseconds. */
  stop() {
    this.#longest = Math.max(this.#longest, performance.now() - this.#last);
    this.#channel.port1.onmessage = null;
    this.#channel.port1.close();
    return this.#longest;
  }
}

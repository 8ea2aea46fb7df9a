// As much of a page as the redirect flow touches.

/** Stands in for a browser's store. */
export function store() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, String(value)),
    removeItem: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** Makes this process a page at an address. */
export function pageAt(href) {
  const go = (to) => {
    const url = new URL(to);
    Object.assign(place, { href: url.href, origin: url.origin, pathname: url.pathname, search: url.search, hash: url.hash, hostname: url.hostname, protocol: url.protocol });
  };
  const place = {};
  go(href);
  const put = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  put("location", place);
  put("history", { state: { mine: 1 }, replaceState(state, _, to) { this.state = state; this.given = to; go(to); } });
  put("localStorage", store());
  return { place, go };
}

/** Locks within this process, as the browser has them between its tabs. */
export function locks() {
  const ends = new Map();
  return {
    async request(name, { signal }, use) {
      const before = ends.get(name);
      let end;
      ends.set(name, new Promise((resolve) => { end = resolve; }));
      try {
        await before;
        signal.throwIfAborted();
        return await use({ name });
      } finally {
        end();
      }
    },
  };
}

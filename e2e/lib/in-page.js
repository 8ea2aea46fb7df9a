// Runs first in every page of a story: reports what the console and the page's errors say, and runs code for the story.
(() => {
  const post = window.fetch.bind(window);
  const describe = (value) => {
    if (value instanceof Error) return `${value.name}: ${value.message}\n${value.stack ?? ""}`;
    if (typeof value === "string") return value;
    try {
      return JSON.stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  };
  const pending = new Set();
  const report = (level, values) => {
    const body = JSON.stringify({ level, text: values.map(describe).join(" "), url: location.href });
    const sent = post("/__harness/console", { method: "POST", keepalive: true, body }).catch(() => {});
    pending.add(sent);
    sent.finally(() => pending.delete(sent));
  };
  for (const level of ["log", "info", "debug", "warn", "error"]) {
    const original = console[level].bind(console);
    console[level] = (...values) => {
      report(level, values);
      original(...values);
    };
  }
  addEventListener("error", (event) => event.message && report("uncaught", [event.error ?? event.message]));
  addEventListener("unhandledrejection", (event) => report("unhandled", [event.reason]));

  // Messages between tabs and changes of the address are looked through for secrets (canary.mjs).
  const note = (level, owner, method, pick) => {
    const original = owner?.[method];
    if (!original) return;
    owner[method] = function (...values) {
      report(level, pick.call(this, values));
      return original.apply(this, values);
    };
  };
  note("channel", globalThis.BroadcastChannel?.prototype, "postMessage", function ([message]) { return [this.name, message]; });
  note("address", history, "pushState", ([state, , url]) => [String(url ?? ""), state]);
  note("address", history, "replaceState", ([state, , url]) => [String(url ?? ""), state]);

  const inWords = (error) => {
    if (!(error instanceof Error)) return describe(error);
    const own = Object.getOwnPropertyNames(error).filter((name) => name !== "stack").map((name) => `${name}: ${describe(error[name])}`);
    return `${error.name} ${own.join(", ")}`;
  };

  /** Runs a function's source in the page's own world; answers with JSON in both cases. */
  Object.defineProperty(window, "__harness", {
    value: {
      /** Resolves when everything reported so far has reached the story. */
      settled: () => Promise.all(pending).then(() => true),
      async run(source, args) {
        try {
          const value = await (0, eval)(`(${source})`)(...JSON.parse(args));
          return JSON.stringify({ value: value === undefined ? null : value });
        } catch (error) {
          report("rejection", [inWords(error)]);
          const { name, message, stack, code } = error ?? {};
          return JSON.stringify({ error: { name: name ?? "Error", message: message ?? String(error), stack, code } });
        }
      },
    },
  });
})();

// A fresh local user pool for the stories, and a hand on its control operations.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevServer } from "../../scripts/lib/dev-server.mjs";
import { freePort } from "../../scripts/lib/static.mjs";
import { signed } from "./sigv4.mjs";

/** Of `dev-server/default.toml`. */
export const defaultPool = { userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" };

/**
 * Starts a server on a free port.
 *
 * @param {object} [options]
 * @param {string} [options.config] path of a TOML file instead of the default one.
 * @param {boolean} [options.keep] keeps its data in a file, so that `restart()` finds it again.
 * @param {string[]} [options.args] further options of the server.
 */
export async function openServer({ config, keep = false, args = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-pool-"));
  const port = await freePort();
  const all = [...(config ? ["--config", config] : []), ...(keep ? ["--data", join(folder, "pool.sqlite")] : []), ...args];
  let server = await startDevServer({ port, args: all });

  const url = `http://localhost:${port}`;
  const control = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/_dev/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`/_dev/${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : null;
  };

  return {
    url,
    port,
    control,
    /** Back to the seeded state: people, sessions, codes, clock and faults. */
    reset: () => control("POST", "reset"),
    /** Moves the pool's clock: codes, sessions and tokens age by it. */
    clock: (offsetSeconds) => control("POST", "clock", { offsetSeconds }),
    /** Messages the pool would have sent, newest first. */
    inbox: (to) => control("GET", to ? `inbox?to=${encodeURIComponent(to)}` : "inbox"),
    /** The newest code sent to somebody; waits for it. */
    async code(to, { timeoutMs = 10_000 } = {}) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const [message] = await control("GET", `inbox?to=${encodeURIComponent(to)}`);
        if (message) return message.code;
        if (Date.now() > deadline) throw new Error("no message arrived");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    /** Asks for trouble: `{ operation, kind, times?, skip?, … }` each; replaces what was asked for before. */
    faults: (...rules) => control("POST", "faults", rules),
    clearFaults: () => control("POST", "faults", []),
    /** How often each operation was called since the last reset. */
    counters: () => control("GET", "counters"),
    /** Calls an operation as an administrator's script would (control operations included). */
    async call(operation, input) {
      const { now } = await control("GET", "clock");
      const body = JSON.stringify(input);
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: "POST",
        headers: signed({
          host: `127.0.0.1:${port}`,
          headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AWSCognitoIdentityProviderService.${operation}` },
          body,
          region: input.UserPoolId?.split("_")[0] ?? "eu-west-1",
          now: new Date(now * 1000),
        }),
        body,
      });
      const reply = await response.json();
      if (!response.ok) throw Object.assign(new Error(`${operation}: ${reply.__type}`), { reply, status: response.status });
      return reply;
    },
    /** Ends the process as a crash would, or politely; `start()` brings it back on the same port. */
    stop: () => server.stop(),
    kill: async () => {
      server.child.kill();
      await server.child.ended;
    },
    start: async () => {
      server = await startDevServer({ port, args: all });
    },
    log: () => server.child.tail(),
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

// Long-running children: started, awaited until they serve, and gone when we are.
import { spawn } from "node:child_process";
import { root, toolEnv } from "./paths.mjs";

const running = new Set();

/** Each child leads a group of its own, so that the browser behind a driver goes with it. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // gone already
  }
}
const killAll = () => {
  for (const child of running) signal(child, "SIGKILL");
};
process.on("exit", killAll);
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(name, () => {
    killAll();
    process.exit(name === "SIGINT" ? 130 : 143);
  });
}

/** Starts a program in the background. `tail()` is the end of what it printed; `stop()` awaits its end. */
export function start(command, args, { cwd = root, env = {}, echo = false } = {}) {
  const child = spawn(command, args, { cwd, env: toolEnv(env), stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  let text = "";
  let out = "";
  const keep = (chunk) => {
    text = (text + chunk).slice(-20_000);
    if (echo) process.stdout.write(chunk);
  };
  child.stdout.on("data", (chunk) => {
    out = (out + chunk).slice(-20_000);
    keep(chunk);
  });
  child.stderr.on("data", keep);
  let failure = null;
  const ended = new Promise((resolve) => {
    child.once("error", (error) => {
      failure = error;
      running.delete(child);
      resolve();
    });
    child.once("exit", () => {
      running.delete(child);
      resolve();
    });
  });
  return {
    pid: child.pid,
    ended,
    tail: () => text,
    /** Standard output alone. */
    out: () => out,
    hasEnded: () => failure !== null || child.exitCode !== null || child.signalCode !== null,
    describe: () => failure?.message ?? (child.exitCode === null ? `signal ${child.signalCode}` : `code ${child.exitCode}`),
    async stop() {
      signal(child, "SIGTERM");
      const hard = setTimeout(() => signal(child, "SIGKILL"), 3_000);
      await ended;
      clearTimeout(hard);
    },
    kill: () => signal(child, "SIGKILL"),
  };
}

/** Waits until `ready()` is true; fails with the program's last words when it ends first. */
export async function waitUntil(ready, { child, what, timeoutMs = 30_000 }) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await ready().catch(() => false)) return;
    if (child?.hasEnded()) throw new Error(`${what} ended at once (${child.describe()}):\n${child.tail()}`);
    if (Date.now() > deadline) throw new Error(`${what} was not ready within ${timeoutMs} ms:\n${child?.tail() ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

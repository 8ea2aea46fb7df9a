// Long-running children: started, awaited until they serve, and gone when we are.
import { spawn } from "node:child_process";
import { root, toolEnv } from "./paths.mjs";

const running = new Set();
const killAll = () => {
  for (const child of running) child.kill("SIGKILL");
};
process.on("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    killAll();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}

/** Starts a program in the background. `tail()` is the end of what it printed; `stop()` awaits its end. */
export function start(command, args, { cwd = root, env = {}, echo = false } = {}) {
  const child = spawn(command, args, { cwd, env: toolEnv(env), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let text = "";
  const keep = (chunk) => {
    text = (text + chunk).slice(-20_000);
    if (echo) process.stdout.write(chunk);
  };
  child.stdout.on("data", keep);
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
    hasEnded: () => failure !== null || child.exitCode !== null || child.signalCode !== null,
    describe: () => failure?.message ?? (child.exitCode === null ? `signal ${child.signalCode}` : `code ${child.exitCode}`),
    async stop() {
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 3_000);
      await ended;
      clearTimeout(hard);
    },
    kill: () => child.kill("SIGKILL"),
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

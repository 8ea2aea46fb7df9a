// Starting other programs.
import { spawn, spawnSync } from "node:child_process";
import { at, root, toolEnv } from "./paths.mjs";

/** Runs a program to its end. Its output goes to ours unless `capture` or `quiet`. */
export function run(command, args = [], { cwd = root, env = {}, capture = false, quiet = false, allowFailure = false, timeoutMs = 0, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const piped = capture || quiet || onLine;
    const child = spawn(command, args, {
      cwd,
      env: toolEnv(env),
      stdio: ["ignore", piped ? "pipe" : "inherit", piped ? "pipe" : "inherit"],
    });
    let output = "";
    let rest = "";
    const take = (chunk) => {
      const text = chunk.toString();
      output += text;
      if (!onLine) return;
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) onLine(line);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    const timer = timeoutMs ? setTimeout(() => child.kill("SIGKILL"), timeoutMs) : null;
    child.on("error", (error) => {
      clearTimeout(timer);
      if (allowFailure) resolve({ code: 127, output: String(error) });
      else reject(new Error(`cannot start ${command}: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (onLine && rest) onLine(rest);
      if (code === 0 || allowFailure) return resolve({ code: code ?? 1, output });
      const failure = new Error(`${command} ${args.join(" ")} ended with ${signal ?? `code ${code}`}`);
      failure.output = output;
      if (piped && !onLine) process.stderr.write(output);
      reject(failure);
    });
  });
}

/** What a program prints, or `null` when it is missing or fails. */
export function probe(command, args = [], options = {}) {
  const result = spawnSync(command, args, { cwd: root, env: toolEnv(), encoding: "utf8", timeout: 30_000, ...options });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** The project's TypeScript compiler; by path, since the type tests install an older one beside it. */
export const tsc = (...args) => run(process.execPath, [at("node_modules/typescript/bin/tsc"), ...args]);

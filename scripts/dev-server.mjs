#!/usr/bin/env node
// The local user pool alone; every option goes to it.
import { spawn } from "node:child_process";
import { buildDevServer, devServerBinary } from "./lib/dev-server.mjs";
import { fail, step } from "./lib/log.mjs";
import { ensureRust } from "./lib/tools.mjs";

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log("npm run dev-server -- [options]\n\nBuilds and runs lifeguard-dev-server; the options are its own:\n");
}

try {
  await ensureRust();
  await step("building the dev-server", buildDevServer);
  const server = spawn(devServerBinary(), args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
  server.on("error", fail);
  server.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
} catch (error) {
  fail(error);
}

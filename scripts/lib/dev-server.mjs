// Building and starting the local user pool.
import { join } from "node:path";
import { at } from "./paths.mjs";
import { start, waitUntil } from "./process.mjs";
import { run } from "./run.mjs";

const targetDir = () => process.env.CARGO_TARGET_DIR ?? at("target");

/** The binary; `LIFEGUARD_DEV_SERVER` names another one. */
export const devServerBinary = () => process.env.LIFEGUARD_DEV_SERVER ?? join(targetDir(), "debug", "lifeguard-dev-server");

export async function buildDevServer() {
  if (process.env.LIFEGUARD_DEV_SERVER) return;
  await run("cargo", ["build", "-p", "lifeguard-dev-server", "--quiet"]);
}

/** Starts the server and waits until it answers. `args` are its own options. */
export async function startDevServer({ port, args = [], echo = false }) {
  const child = start(devServerBinary(), ["--port", String(port), ...args], { echo });
  const url = `http://localhost:${port}`;
  await waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/_dev/inbox`)).ok, { child, what: "lifeguard-dev-server" });
  return { url, port, child, stop: () => child.stop() };
}

// Sign-ins against a real pool, from the click to the tokens. Driven by bench/sign-in.mjs.
import { openCore } from "../../scripts/lib/vector-runner.mjs";
import { clients } from "./clients/index.js";
import { Heartbeat } from "./heartbeat.js";

const idle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One sign-in by each client, in an order that moves on with every round. */
async function round(number, settings, person) {
  const rows = [];
  for (let turn = 0; turn < clients.length; turn++) {
    const client = clients[(turn + number) % clients.length];
    localStorage.clear();
    await client.beforeForm?.(settings);
    // The person types; what a library does in idle time, it does now.
    await idle(400);
    const heartbeat = new Heartbeat();
    const start = performance.now();
    await client.signIn(settings, person);
    const ms = performance.now() - start;
    rows.push({ client: client.name, ms, longestTaskMs: heartbeat.stop() });
    await client.afterwards?.();
  }
  return rows;
}

/** Time to compile and instantiate the core, its bytes being there. */
async function wasmStart() {
  const [glue, bytes] = await Promise.all([
    import("/package/dist/lifeguard.js"),
    fetch("/package/dist/lifeguard_bg.wasm").then((response) => response.arrayBuffer()),
  ]);
  const start = performance.now();
  await openCore(glue, bytes);
  return performance.now() - start;
}

globalThis.bench = { round, wasmStart };

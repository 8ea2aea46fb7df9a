#!/usr/bin/env node
// The session in a simulated world of tabs, faults and virtual time; any seed can be replayed.
import { readArgs } from "./lib/args.mjs";
import { done, elapsed, fail } from "./lib/log.mjs";
import { run } from "./lib/run.mjs";

const help = `
npm run simulate -- [--seed S] [--steps N] [--seeds M]

Lets N things happen (calls, faults, crashes, sign-outs, time) to a device with several tabs and checks every promise
of the session after each single step. Prints the seed; ends with status 1, the seed and what happened last
when a promise is broken.
  --seed S   which world (default: one nobody has seen)
  --steps N  how many things happen (default 2000)
  --seeds M  runs M worlds, with the seeds S, S+1, … (default 1)
`;

try {
  const { values } = readArgs(help, { seed: { type: "string" }, steps: { type: "string" }, seeds: { type: "string" } });
  for (const [name, value] of Object.entries(values)) {
    if (!/^\d+$/.test(value)) throw new Error(`--${name} ${value}: must be a whole number`);
  }
  const env = { LIFEGUARD_STEPS: values.steps ?? "2000" };
  if (values.seed) env.LIFEGUARD_SEED = values.seed;
  if (values.seeds) env.LIFEGUARD_SEEDS = values.seeds;
  const test = "operations::session::simulation::a_fresh_seed_keeps_every_promise";
  await run("cargo", ["test", "--profile", "simulation", "--quiet", "-p", "lifeguard", "--lib", "--", "--exact", test, "--nocapture"], { env });
  done(`every promise kept (${elapsed()})`);
} catch (error) {
  fail(error);
}

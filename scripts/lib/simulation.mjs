// The session in a simulated world: the test that runs it, in an optimised profile of its own.
import { at } from "./paths.mjs";
import { hashOf } from "./stamp.mjs";

const test = "operations::session::simulation::a_fresh_seed_keeps_every_promise";

/** Arguments for cargo. What runs is in the environment: `LIFEGUARD_SEED`, `LIFEGUARD_SEEDS`, `LIFEGUARD_STEPS`, `LIFEGUARD_TRACE`. */
export const simulation = ["test", "--profile", "simulation", "--quiet", "-p", "lifeguard", "--lib", "--", "--exact", test, "--nocapture"];

/** One more test for these arguments: the worlds that are run each time. */
export const fixedSeeds = "operations::session::simulation::a_fixed_set_of_seeds_keeps_every_promise";

/** The first of the worlds that this code is tried in: fresh ones for each change of it, and the same ones wherever it is tested. */
export const seedOfThisCode = () => String(Number.parseInt(hashOf([at("src")]).slice(0, 8), 16));

// Lifeguard: its packed package, and for the arithmetic alone, which that has no call for, the package's core built once
// more with one that does it.
import { openCore } from "../../../scripts/lib/vector-runner.mjs";
import { PretendedPool } from "../pretended-pool.js";
import { random, toHex } from "../srp.js";

const settings = { userPoolId: "eu-west-1_LifeGuard", clientId: "1example23456789abcdefghij" };
let core;

/** One instance for both rows. */
async function prepare() {
  if (core) return;
  const glue = await import("/core.js");
  const wasm = await fetch("/core.wasm");
  core = await openCore(glue, await wasm.arrayBuffer(), { config: settings });
}

async function handshake({ poolName, username, password, salt, B, secretBlock }, more) {
  const result = await core.call("srpVector", {
    group: poolName,
    user: username,
    password,
    salt,
    B,
    secretBlock,
    a: toHex(random(32)),
    epoch: 1780000000,
    ...more,
  });
  return { A: result.A_wire, signature: result.signature, timestamp: result.timestamp };
}

export const lifeguard = {
  name: "lifeguard",
  about: "A and S in one call of the package's core, built with one for that, 256-bit a; only the generator's table is made before",
  prepare,
  handshake: (input) => handshake(input),
};

export const lifeguardDevice = {
  name: "lifeguard-device",
  about: "the same and a verifier, as a sign-in that confirms a device computes it",
  prepare,
  handshake: (input) => handshake(input, { verifier: true }),
};

export const lifeguardPrepared = {
  name: "lifeguard-signIn",
  about: "signIn() of the package, from the password to the proof; A was prepared by preload(), which is not counted",
  async prepare() {
    this.package = await import("/package/dist/index.js");
  },
  async beforeEach(input) {
    this.pool = new PretendedPool(input);
    this.auth = this.package.createAuth({ ...settings, endpoint: "http://localhost:1/", storage: "memory" });
    await this.auth.preload();
  },
  async handshake({ username, password }) {
    const { fetch } = globalThis;
    globalThis.fetch = this.pool.fetch;
    try {
      await this.auth.signIn({ username, password }).catch(this.pool.expectRefusal);
    } finally {
      globalThis.fetch = fetch;
    }
    return this.pool.result();
  },
};

// The arithmetic, independently: the server side of npm cognito-srp accepts the proofs of our wasm.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { UserPool } from "cognito-srp";
import { openCore } from "./lib/core.mjs";
import { alphanumeric, ascii, randomSource, seed, unicode } from "./lib/random.mjs";

const people = 25;

/** The integer's shortest hex of whole bytes, as the service has it. */
const wholeBytes = (hex) => {
  const minimal = hex.replace(/^0+(?=.)/, "");
  return minimal.length % 2 ? `0${minimal}` : minimal;
};

/**
 * The library hashes B and S at fixed width where the service drops leading zero bytes (cognito-protocol, PAD): for
 * one handshake in 128 it would refuse the service's own clients. Such a draw is repeated.
 */
async function drawChallenge(pool, user) {
  for (;;) {
    const challenge = await pool.getServerChallenge(user);
    const B = challenge.calculateB();
    if (B[0] !== 0) return { challenge, B: B.toString("hex") };
  }
}

/** One person, one handshake: what the library expects and what the core computes from what goes over the wire. */
async function handshake(core, random, { username, password, enteredPassword = password }) {
  const group = random.text(alphanumeric, 9);
  const pool = new UserPool(group);
  const user = await pool.createUser({ username, password }, wholeBytes(random.bytes(16).toString("hex")));
  const secretBlock = random.bytes(64 + random.below(1_000)).toString("base64");
  const a = random.bytes(32).toString("hex");
  const epoch = 1_780_000_000 + random.below(40_000_000);
  for (;;) {
    const { challenge, B } = await drawChallenge(pool, user);
    const ours = await core.call("srpVector", { group, user: username, password: enteredPassword, a, B, salt: user.salt, secretBlock, epoch, verifier: true });
    const session = challenge.getSession(wholeBytes(ours.A_wire));
    if (session.key[0] === 0) continue;
    return { ours, theirs: { verifier: user.verifier, key: session.getHkdf(), signature: session.calculateSignature(secretBlock, ours.timestamp) } };
  }
}

describe(`npm cognito-srp, seed ${seed}`, () => {
  let core;
  before(async () => {
    core = await openCore();
  });

  for (const [kind, alphabet] of [["ASCII", ascii], ["Unicode", unicode]]) {
    test(`agrees with the wasm on ${people} random people, ${kind}`, async () => {
      const random = randomSource(kind);
      for (let person = 0; person < people; person++) {
        const username = random.text(alphabet, 1 + random.below(40));
        const password = random.text(alphabet, 6 + random.below(60));

        const { ours, theirs } = await handshake(core, random, { username, password });

        const who = `person ${person} of seed ${seed}`;
        assert.equal(BigInt(`0x${ours.verifier}`), BigInt(`0x${theirs.verifier}`), `verifier of ${who}`);
        assert.equal(ours.key, theirs.key, `key of ${who}`);
        assert.equal(ours.signature, theirs.signature, `signature of ${who}`);
      }
    });
  }

  test("refuses the proof of another password", async () => {
    const random = randomSource("wrong");
    // The last two differ only by normalization, which nobody may apply.
    for (const [password, enteredPassword] of [["Correct-Horse-9!", "correct-Horse-9!"], ["secret", "secret "], ["caf\u00e9-Horse-9!", "cafe\u0301-Horse-9!"]]) {
      const { ours, theirs } = await handshake(core, random, { username: "ada", password, enteredPassword });

      assert.notEqual(ours.signature, theirs.signature);
    }
  });
});

// The core as JavaScript, with the arithmetic by BigInt: what browsers get that run no WebAssembly. The same known
// answers, the same traps, and as many instances as one asks for.
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { at } from "../../scripts/lib/paths.mjs";
import { openJavascript, runVectors } from "../../scripts/lib/vector-runner.mjs";
import { vectorsFiles } from "../../scripts/lib/wasm.mjs";
import { copyPackage } from "../effects/lib.mjs";

const config = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };
const vectors = JSON.parse(readFileSync(at("tests/vectors/srp_vectors.json"), "utf8"));
const given = { username: "alice", password: "Wipe-Me-7-Times!" };

/** The package's parts, with the core that knows `srpVector` in the place of its own. */
async function open(t) {
  const part = copyPackage(t, (folder) => copyFileSync(vectorsFiles().javascript, join(folder, "core/wasm2js.js")));
  const { begin, step } = await part("lifeguard.js");
  const without = await part("core/without-wasm.js");
  const make = without.javascript();
  const take = (operation, input, transcript) => {
    const output = JSON.parse(step(JSON.stringify({ config, operation, input, state: {}, transcript })));
    transcript.push(...output.entries);
    return output;
  };
  return { glue: await part("lifeguard.js"), without, make, begin, take };
}

/** A sign-in up to its first request: stores are empty. */
function firstRequest(take) {
  const transcript = [];
  for (;;) {
    const { effect } = take("signIn", given, transcript);
    if (effect.kind === "send") return { effect, transcript };
    transcript.push([effect.id, effect.kind === "read" ? effect.items.map(() => null) : null]);
  }
}

test("every known answer agrees", async (t) => {
  const { glue, without } = await open(t);

  const result = await runVectors(openJavascript(glue, without), vectors);

  assert.equal(result.difference, undefined);
  assert.ok(result.checked > 100, `${result.checked} checked`);
});

test("a misuse is data, and a transcript that does not fit is a trap", async (t) => {
  const { make, begin, take } = await open(t);
  begin(make());
  assert.equal(take("doWhatIMean", {}, []).failed.code, "misuse");

  const { transcript } = firstRequest(take);
  transcript[0][0] += 1;

  assert.throws(() => take("signIn", given, transcript));
});

test("after a trap a new instance takes the call up where it was, by its transcript", async (t) => {
  const { make, begin, take } = await open(t);
  begin(make());
  const { effect, transcript } = firstRequest(take);
  assert.throws(() => take("signIn", given, [[-1, null]]));

  begin(make());
  const again = take("signIn", given, [...transcript]);

  assert.deepEqual(again.effect, effect);
});

test("each instance has a memory of its own, and one that was replaced by a larger one is wiped", async (t) => {
  const memories = [];
  const { ArrayBuffer } = globalThis;
  globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
    construct: (target, args) => (memories.push(new target(...args)), memories.at(-1)),
  });
  t.after(() => Object.assign(globalThis, { ArrayBuffer }));
  const { make, begin, take } = await open(t);
  memories.length = 0;
  const [one, two] = [make(), make()];
  begin(one);
  const holds = (memory) => Buffer.from(memory).includes(given.password);

  take("signIn", { ...given, padding: "x".repeat(3_000_000) }, []);

  assert.ok(holds(one.memory.buffer) && !holds(two.memory.buffer));
  const grown = memories.filter((memory) => memory !== one.memory.buffer && memory !== two.memory.buffer);
  assert.ok(grown.length > 0 && grown.every((memory) => Buffer.from(memory).every((byte) => byte === 0)));
  new Uint8Array(one.memory.buffer).fill(0);
  begin(make());
  assert.equal(firstRequest(take).effect.kind, "send");
});

// The module as it is shipped, with its own glue.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { begin, imports, step } from "../../dist/lifeguard.js";
import { dist, setGlobal } from "./lib.mjs";

const module = await WebAssembly.compile(readFileSync(join(dist, "lifeguard_bg.wasm")));
const config = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };

/** Runs the arithmetic that comes before a sign-in; what it drew, and what it made. */
async function prepare(t, fill) {
  const drawn = [];
  setGlobal(t, "crypto", { getRandomValues: (bytes) => (drawn.push(bytes.length), bytes.set(fill.subarray(0, bytes.length)), bytes) });
  const { exports } = await WebAssembly.instantiate(module, imports);
  begin(exports);
  const transcript = [];
  for (;;) {
    const { entries, effect, done } = JSON.parse(step(JSON.stringify({ config, operation: "prepare", input: {}, state: {}, transcript })));
    transcript.push(...entries);
    if (!effect) return { drawn, spare: done.spare };
    assert.equal(effect.kind, "sleep");
    transcript.push([effect.id, null]);
  }
}

test("the ephemeral of a handshake is 256 bits of the browser's randomness, and each of its bytes counts", async (t) => {
  const fill = Uint8Array.from({ length: 32 }, (_, index) => 7 * index + 1);
  const { drawn, spare } = await prepare(t, fill);

  assert.ok(drawn.length >= 1 && drawn.every((length) => length === 32), String(drawn));
  assert.equal(spare.a, Buffer.from(fill).toString("base64"));
  const known = new Set([spare.public]);
  for (let at = 0; at < 32; at += 1) {
    const other = fill.slice();
    other[at] ^= 0x80;
    known.add((await prepare(t, other)).spare.public);
  }
  assert.equal(known.size, 33);
});

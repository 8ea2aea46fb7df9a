#!/usr/bin/env node
// The kernel in Node: checked against BigInt on random handshakes, then timed, next to BigInt's square-and-multiply.
//   cargo build --release -p modexp --target wasm32-unknown-unknown --example kernel
//   node modexp/measure.mjs target/wasm32-unknown-unknown/release/examples/kernel.wasm
// The least of many runs counts: it is what disturbs least on a machine that has other things to do.
import { readFileSync } from "node:fs";
import { k, modPow, modulo, random, toInteger } from "../bench/page/srp.js";

const path = process.argv[2];
if (!path || path.startsWith("-")) {
  console.error("usage: node modexp/measure.mjs KERNEL.wasm");
  process.exit(2);
}
const { instance } = await WebAssembly.instantiate(readFileSync(path));
const wasm = instance.exports;

const put = (at, value, length) => {
  const bytes = Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
  new Uint8Array(wasm.memory.buffer, wasm.buffer() + at, length).set(bytes);
};
const result = () => toInteger(new Uint8Array(wasm.memory.buffer, wasm.buffer(), 384).slice());

const handshake = ({ a, x, u, B }) => {
  put(0, a, 32);
  wasm.kernel_pow_generator(32);
  const A = result();
  [[0, B, 384], [384, k, 32], [416, x, 32], [448, u, 32], [480, a, 32]].forEach((field) => put(...field));
  wasm.kernel_shared_secret(32);
  return { A, S: result() };
};
const byBigInt = ({ a, x, u, B }) => ({ A: modPow(2n, a), S: modPow(B - k * modPow(2n, x), a + u * x) });
const makeInput = () => {
  const [a, x, u] = [0, 0, 0].map(() => toInteger(random(32)));
  return { a, x, u, B: modulo(toInteger(random(384))) };
};

function least(runs, work) {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

const prepareMs = least(1, () => {
  while (!wasm.kernel_prepare_step());
});
for (let round = 0; round < 8; round++) {
  const input = makeInput();
  const [ours, theirs] = [handshake(input), byBigInt(input)];
  if (ours.A !== theirs.A || ours.S !== theirs.S) throw new Error(`differs from BigInt on ${JSON.stringify(input, (_key, value) => String(value))}`);
}
const input = makeInput();
const [oursMs, bigIntMs] = [least(300, () => handshake(input)), least(60, () => byBigInt(input))];
const multiplyUs = least(30, () => wasm.kernel_multiply(500)) * 2;
console.log(`product ${multiplyUs.toFixed(2)} us; tables, cold ${prepareMs.toFixed(1)} ms`);
console.log(`A, 2^x and S ${oursMs.toFixed(2)} ms; BigInt ${bigIntMs.toFixed(2)} ms: ${(bigIntMs / oursMs).toFixed(2)} times as long`);

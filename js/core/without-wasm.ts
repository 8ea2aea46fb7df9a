/**
 * The core as JavaScript, for browsers and policies that run no WebAssembly with SIMD: made from the
 * same sources, with the arithmetic by the engine's `BigInt`. Only `load.ts` loads this, and only there.
 *
 * SECURITY: this arithmetic is not constant-time, and its integers cannot be wiped.
 */
import { AuthError } from "../errors/auth-error.js";
import { imports } from "../lifeguard.js";
import { instantiate } from "./wasm2js.js";

type Operate = (a: bigint, b: bigint, n: bigint) => bigint;

/** By their numbers in `modexp/src/bigint.rs`. */
const OPERATIONS: readonly Operate[] = [
  (a, b, n) => (a + b) % n,
  // Both are below n.
  (a, b, n) => (a + n - b) % n,
  (a, b, n) => (a * b) % n,
  power,
];

/** Makes instances of the core, each with a memory of its own. */
export function javascript(): () => WebAssembly.Exports {
  // No literal of BigInt stands in this file: where there is none, it could not even be read.
  if (typeof BigInt !== "function")
    throw new AuthError("wasmUnavailable", {
      detail: "this browser has neither WebAssembly with SIMD nor BigInt",
    });
  return () => {
    const core = instantiate({ page: { ...imports["page"], modular } });
    const bytes = (start: number, length: number) =>
      new Uint8Array(core.memory.buffer, start >>> 0, length);

    function modular(
      operation: number,
      a: number,
      aLength: number,
      b: number,
      bLength: number,
      modulus: number,
      length: number,
    ): void {
      const operate = OPERATIONS[operation] as Operate;
      const [x, y] = [integer(bytes(a, aLength)), integer(bytes(b, bLength))];
      const n = integer(bytes(modulus, length));
      const hex = operate(x, y, n)
        .toString(16)
        .padStart(2 * length, "0");
      const byteAt = (_: unknown, at: number) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
      bytes(modulus, length).set(Array.from({ length }, byteAt));
    }

    return {
      memory: core.memory as unknown as WebAssembly.Memory,
      malloc: core.malloc,
      /** As the WebAssembly has it, with two results; JavaScript made of it writes them to an address. */
      step(start: number, length: number): [start: number, length: number] {
        const results = core.malloc(8, 4);
        core.step(results, start, length);
        const [answer = 0, answerLength = 0] = new Uint32Array(core.memory.buffer, results, 2);
        return [answer, answerLength];
      },
    };
  };
}

function integer(bytes: Uint8Array): bigint {
  return BigInt(bytes.reduce((hex, byte) => hex + byte.toString(16).padStart(2, "0"), "0x0"));
}

/** Square and multiply. */
function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = BigInt(1);
  for (const bit of exponent.toString(2)) {
    result = (result * result) % n;
    if (bit === "1") result = (result * base) % n;
  }
  return result;
}

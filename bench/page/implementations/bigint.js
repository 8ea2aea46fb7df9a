import { k, modPow, privateKey, random, scrambler, sessionKey, toHex, toInteger } from "../srp.js";

/** The least that a client in plain JavaScript can do: no checks, nothing constant-time. */
const bigint = (bits) => ({
  name: `bigint-${bits}`,
  about: `plain BigInt, square-and-multiply, ${bits}-bit a`,
  async handshake(input) {
    const a = toInteger(random(bits / 8));
    const A = modPow(2n, a);
    const B = BigInt(`0x${input.B}`);
    const u = await scrambler(A, B);
    const x = await privateKey(input);
    const S = modPow(B - k * modPow(2n, x), a + u * x);
    return { A: A.toString(16), key: toHex(await sessionKey(u, S)) };
  },
});

export const bigint256 = bigint(256);
export const bigint1024 = bigint(1024);

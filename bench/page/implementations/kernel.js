// The arithmetic kernel alone (modexp/examples/kernel.rs), for work on the kernel: hashes by WebCrypto.
import { k, pad, privateKey, random, scrambler, sessionKey, toHex, toInteger } from "../srp.js";

let wasm;

const write = (value, at, length) => {
  const bytes = pad(value).slice(-length);
  const buffer = new Uint8Array(wasm.memory.buffer, wasm.buffer() + at, length);
  buffer.fill(0);
  buffer.set(bytes, length - bytes.length);
};
const result = () => toInteger(new Uint8Array(wasm.memory.buffer, wasm.buffer(), 384));

export const kernel = {
  name: "lifeguard-kernel",
  about: "modexp alone, 256-bit a",
  async prepare() {
    const { instance } = await WebAssembly.instantiate(await (await fetch("/kernel.wasm")).arrayBuffer());
    wasm = instance.exports;
    while (!wasm.kernel_prepare_step());
  },
  async handshake(input) {
    const a = toInteger(random(32));
    write(a, 0, 32);
    wasm.kernel_pow_generator(32);
    const A = result();
    const B = BigInt(`0x${input.B}`);
    const u = await scrambler(A, B);
    write(B, 0, 384);
    write(k, 384, 32);
    write(await privateKey(input), 416, 32);
    write(u, 448, 32);
    write(a, 480, 32);
    wasm.kernel_shared_secret(32);
    return { A: A.toString(16), key: toHex(await sessionKey(u, result())) };
  },
};

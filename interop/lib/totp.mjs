// One-time codes as an authenticator app shows them: RFC 6238 with SHA-1, six digits, 30 seconds.
import { createHmac } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function fromBase32(text) {
  const bits = [...text.replace(/=+$/, "").toUpperCase()].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

/** The code of a step: 0 is now, 1 the next one. */
export function totp(secret, step = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const hash = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = hash.at(-1) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A code that none of the steps around now has. */
export function wrongTotp(secret) {
  const right = new Set([-2, -1, 0, 1, 2].map((step) => totp(secret, step)));
  return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !right.has(code));
}

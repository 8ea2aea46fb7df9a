// Random people, repeatable: a failure names the seed, and INTEROP_SEED=… draws the same again.
import { createHash } from "node:crypto";

export const seed = process.env.INTEROP_SEED ?? String(Date.now());

/** Bytes of SHA-256 in counter mode over the seed. */
export function randomSource(label) {
  let counter = 0;
  const bytes = (length) => {
    const blocks = [];
    for (let had = 0; had < length; had += 32) blocks.push(createHash("sha256").update(`${seed}/${label}/${counter++}`).digest());
    return Buffer.concat(blocks).subarray(0, length);
  };
  const below = (limit) => bytes(6).readUIntBE(0, 6) % limit;
  const text = (alphabet, length) => Array.from({ length }, () => alphabet(below)).join("");
  return { bytes, below, text };
}

const between = (first, last) => (below) => String.fromCodePoint(first + below(last - first + 1));

/** Printable ASCII without the blank. */
export const ascii = between(0x21, 0x7e);
export const alphanumeric = (below) => "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[below(62)];

const scripts = [between(0xc0, 0xff), between(0x300, 0x36f), between(0x391, 0x3c9), between(0x410, 0x44f), between(0x5d0, 0x5ea), between(0x4e00, 0x9fff), between(0xac00, 0xd7a3), between(0x1f600, 0x1f64f), between(0x20000, 0x2a6df)];

/** Latin with accents, loose combining marks, Greek, Cyrillic, Hebrew, CJK, Hangul, emoji, plane 2; some ASCII. */
export const unicode = (below) => (below(4) === 0 ? ascii : scripts[below(scripts.length)])(below);

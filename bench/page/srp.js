// Cognito's SRP in plain BigInt: the baselines, and the server that checks what every implementation computed.
export const N = BigInt(
  "0x" +
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b" +
    "302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe6" +
    "49286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d" +
    "670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718" +
    "3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7d" +
    "b3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c" +
    "bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);
export const k = BigInt("0x538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6");

export const modulo = (value) => ((value % N) + N) % N;

/** Square-and-multiply, as every BigInt client does it. */
export function modPow(base, exponent) {
  let result = 1n;
  let power = modulo(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * power) % N;
    power = (power * power) % N;
  }
  return result;
}

export const toHex = (bytes) => Array.from(new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const toInteger = (bytes) => BigInt(`0x${toHex(bytes)}`);
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Minimal two's complement, as the service pads what it hashes. */
export function pad(value) {
  const hex = value.toString(16);
  const even = hex.length % 2 ? `0${hex}` : hex;
  return fromHex(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even);
}

const encoder = new TextEncoder();
const concat = (...parts) => {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
async function hmac(key, ...parts) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, concat(...parts)));
}

export const scrambler = async (A, B) => toInteger(await sha256(pad(A), pad(B)));

export async function privateKey({ poolName, username, password, salt }) {
  const inner = await sha256(encoder.encode(`${poolName}${username}:${password}`));
  return toInteger(await sha256(pad(BigInt(`0x${salt}`)), inner));
}

export async function sessionKey(u, S) {
  const extracted = await hmac(pad(u), pad(S));
  return (await hmac(extracted, encoder.encode("Caldera Derived Key"), Uint8Array.of(1))).slice(0, 16);
}

export async function signature(key, { poolName, username, secretBlock }, timestamp) {
  const block = Uint8Array.from(atob(secretBlock), (character) => character.charCodeAt(0));
  const signed = await hmac(key, encoder.encode(poolName), encoder.encode(username), block, encoder.encode(timestamp));
  return btoa(String.fromCharCode(...signed));
}

// The same random input for everyone, from the server's side of SRP, so that every answer can be checked.
import { k, modPow, modulo, N, privateKey, random, scrambler, sessionKey, signature, toHex, toInteger } from "./srp.js";

/** A person, a password and what the pool would send: a new one each time. */
export async function makeInput() {
  const poolId = "eu-west-1_LifeGuard";
  const person = {
    poolId,
    poolName: poolId.split("_")[1],
    username: crypto.randomUUID(),
    password: btoa(String.fromCharCode(...random(12))),
    salt: toHex(random(16)),
    secretBlock: btoa(String.fromCharCode(...random(1200))),
  };
  const x = await privateKey(person);
  const verifier = modPow(2n, x);
  const b = toInteger(random(32));
  const B = modulo(k * verifier + modPow(2n, b));
  return { ...person, B: B.toString(16), server: { b, B, verifier } };
}

/** Throws unless an implementation's answer is the one that the server of this input expects. */
export async function checkAnswer(name, input, answer) {
  const { b, B, verifier } = input.server;
  const A = BigInt(`0x${answer.A}`);
  const u = await scrambler(A, B);
  const S = modPow((A * modPow(verifier, u)) % N, b);
  const key = await sessionKey(u, S);
  const agrees = answer.key
    ? answer.key === toHex(key)
    : answer.signature === (await signature(key, input, answer.timestamp));
  if (!agrees) throw new Error(`${name} computed something else than the server`);
}

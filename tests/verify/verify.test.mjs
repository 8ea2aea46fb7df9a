// `lifeguard-cognito/verify` in Node: keys and tokens made here, so that every rule can be broken by itself.
import assert from "node:assert/strict";
import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { verifyJwt } from "../../dist/verify/verify.js";

const NOW = 1_780_000_000;
const userPoolId = "eu-west-1_Ab12";
const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`;
const pool = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const accessClaims = { iss: issuer, sub: "person", token_use: "access", client_id: "client1", iat: NOW - 10, exp: NOW + 100, scope: "a b" };
const idClaims = { iss: issuer, sub: "person", token_use: "id", aud: "client1", iat: NOW - 10, exp: NOW + 100, nonce: "n", "cognito:groups": ["crew"] };

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sign(claims, { header = {}, key = pool.privateKey } = {}) {
  const input = `${encode({ alg: "RS256", kid: "k1", ...header })}.${encode(claims)}`;
  return `${input}.${createSign("RSA-SHA256").update(input).sign(key).toString("base64url")}`;
}

/** A key server of one test, at an address of its own, that counts. */
function keyServer(keys = [{ ...pool.publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }]) {
  const server = async () => {
    server.calls += 1;
    return Response.json({ keys });
  };
  server.calls = 0;
  return server;
}

let pools = 0;
/** Options with a pool of their own, since keys are cached by address. */
function fresh(more = {}) {
  const id = `eu-west-1_Pool${++pools}`;
  const iss = `https://cognito-idp.eu-west-1.amazonaws.com/${id}`;
  const options = { userPoolId: id, clientId: "client1", tokenUse: "access", now: () => NOW, fetch: keyServer(), ...more };
  return { iss, options };
}

const broken = (promise, code) => assert.rejects(promise, (error) => error.name === "JwtError" && error.code === code, code);

test("a good token of each kind is accepted in both forms of the issuer", async () => {
  const { iss, options } = fresh();
  assert.equal((await verifyJwt(sign({ ...accessClaims, iss }), options)).sub, "person");
  assert.equal((await verifyJwt(sign({ ...idClaims, iss }), { ...options, tokenUse: "id", nonce: "n", groups: ["crew"] })).sub, "person");
  const updated = iss.replace("https://", "https://issuer-");
  assert.equal((await verifyJwt(sign({ ...accessClaims, iss: updated }), options)).sub, "person");
  const local = `http://localhost:9320/${options.userPoolId}`;
  assert.equal((await verifyJwt(sign({ ...accessClaims, iss: local }), { ...options, endpoint: "http://localhost:9320/" })).sub, "person");
});

test("a pool of this machine is known by each of its names and ports, and its keys come from where the options say", async () => {
  const asked = new Set();
  const keys = keyServer();
  const { options } = fresh({ fetch: (address) => (asked.add(String(address)), keys()) });
  const endpoint = "http://localhost:9320";
  for (const host of ["127.0.0.1:9320", "[::1]:9320", "app.localhost:4566", "localhost"]) {
    const iss = `http://${host}/${options.userPoolId}`;
    assert.equal((await verifyJwt(sign({ ...accessClaims, iss }), { ...options, endpoint })).sub, "person", host);
  }
  for (const iss of [`http://localhost.evil.example/${options.userPoolId}`, "http://127.0.0.1:9320/eu-west-1_Other", `https://127.0.0.1/${options.userPoolId}`, `http://127.0.0.1/x/${options.userPoolId}`])
    await broken(verifyJwt(sign({ ...accessClaims, iss }), { ...options, endpoint }), "issuer");
  await broken(verifyJwt(sign({ ...accessClaims, iss: `http://127.0.0.1:9320/${options.userPoolId}` }), { ...options, endpoint: "https://proxy.example" }), "issuer");
  assert.deepEqual([...asked], [`${endpoint}/${options.userPoolId}/.well-known/jwks.json`]);
});

test("every broken rule has its name", async () => {
  const rows = [
    [{ exp: NOW - 6 }, {}, "expired"],
    [{ exp: "never" }, {}, "expired"],
    [{ nbf: NOW + 60 }, {}, "notYetValid"],
    [{ iat: NOW + 60 }, {}, "notYetValid"],
    [{ token_use: "id" }, {}, "tokenUse"],
    [{ client_id: "client2" }, {}, "client"],
    [{ sub: undefined }, {}, "client"],
    [{ iss: "https://evil.example/pool" }, {}, "issuer"],
    [{}, { scopes: ["c"] }, "scope"],
    [{}, { groups: ["crew"] }, "group"],
  ];
  for (const [claims, more, code] of rows) {
    const { iss, options } = fresh(more);
    await broken(verifyJwt(sign({ ...accessClaims, iss, ...claims }), options), code);
  }
});

test("ID token: nonce and hash of the access token are compared", async () => {
  const { iss, options } = fresh({ tokenUse: "id" });
  const hash = createHash("sha256").update("the access token").digest().subarray(0, 16).toString("base64url");
  const token = sign({ ...idClaims, iss, at_hash: hash });
  await verifyJwt(token, { ...options, accessToken: "the access token" });
  await broken(verifyJwt(token, { ...options, accessToken: "another" }), "accessTokenHash");
  await broken(verifyJwt(token, { ...options, nonce: "another" }), "nonce");
  await broken(verifyJwt(sign({ ...idClaims, iss, nonce: undefined }), { ...options, nonce: "n" }), "nonce");
});

test("a signature by another key, or over other claims, is refused", async () => {
  const { iss, options } = fresh();
  const good = sign({ ...accessClaims, iss });
  const [head, , tail] = good.split(".");
  await broken(verifyJwt(sign({ ...accessClaims, iss }, { key: stranger.privateKey }), options), "signature");
  await broken(verifyJwt(`${head}.${encode({ ...accessClaims, iss, sub: "other" })}.${tail}`, options), "signature");
});

test("other algorithms, embedded keys and missing key ids are refused", async () => {
  const { iss, options } = fresh();
  for (const alg of ["none", "HS256", "RS512", "ES256", undefined]) {
    await broken(verifyJwt(sign({ ...accessClaims, iss }, { header: { alg } }), options), "algorithm");
  }
  await broken(verifyJwt(sign({ ...accessClaims, iss }, { header: { kid: undefined } }), options), "key");
  const jwk = stranger.publicKey.export({ format: "jwk" });
  await broken(verifyJwt(sign({ ...accessClaims, iss }, { header: { jwk }, key: stranger.privateKey }), options), "signature");
});

test("what is no token is refused by its form", async () => {
  const { options } = fresh();
  for (const text of ["", "a", "a.b", "a.b.c", "a.b.c.d", "..", `${encode([])}.${encode({})}.x`, "%.%.%"]) {
    await broken(verifyJwt(text, options), "form");
  }
});

test("keys are fetched once for all who wait, and an unknown key id is not asked for again", async () => {
  const { iss, options } = fresh();
  const good = sign({ ...accessClaims, iss });
  await Promise.all(Array.from({ length: 20 }, () => verifyJwt(good, options)));
  assert.equal(options.fetch.calls, 1);

  const unknown = sign({ ...accessClaims, iss }, { header: { kid: "k2" } });
  for (let i = 0; i < 5; i++) await broken(verifyJwt(unknown, options), "key");
  assert.equal(options.fetch.calls, 2);
  await verifyJwt(good, options);
});

test("keys that cannot be fetched say nothing about the token, and are asked for again", async () => {
  const keys = keyServer();
  let up = false;
  const { iss, options } = fresh({ fetch: async () => (up ? keys() : new Response("busy", { status: 503 })) });
  const good = sign({ ...accessClaims, iss });
  await broken(verifyJwt(good, options), "keysUnavailable");
  up = true;
  await verifyJwt(good, options);
});

test("keys for other uses are not used", async () => {
  const jwk = pool.publicKey.export({ format: "jwk" });
  for (const bad of [{ use: "enc" }, { alg: "RS512" }, { kty: "EC" }]) {
    const { iss, options } = fresh({ fetch: keyServer([{ ...jwk, kid: "k1", ...bad }]) });
    await broken(verifyJwt(sign({ ...accessClaims, iss }), options), "key");
  }
});

test("a claim named __proto__ becomes no prototype", async () => {
  const { iss, options } = fresh();
  const body = Buffer.from(JSON.stringify({ ...accessClaims, iss }).replace("{", `{"__proto__":{"admin":true},`)).toString("base64url");
  const input = `${encode({ alg: "RS256", kid: "k1" })}.${body}`;
  const token = `${input}.${createSign("RSA-SHA256").update(input).sign(pool.privateKey).toString("base64url")}`;
  const verified = await verifyJwt(token, options);
  assert.equal(Object.hasOwn(verified, "__proto__"), false);
  assert.equal(Object.assign({}, verified).admin, undefined);
});

// What running again costs in the shipped module: memory of one instance and time of all its steps, for whole calls.
// Steps and bytes of their messages are bounded natively, in src/step/tests/cost.rs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { begin, imports, step } from "../../dist/lifeguard.js";
import { dist } from "./lib.mjs";

const module = await WebAssembly.compile(readFileSync(join(dist, "lifeguard_bg.wasm")));
const config = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };
const alice = { username: "alice", password: "secret" };
/** Time goes on by what is slept. */
let now = 1_780_000_000_000;
const machine = { page: { ...imports.page, now: () => now } };
const inBase64 = (data) => Buffer.from(JSON.stringify(data)).toString("base64url");
const json = (body) => ({ status: 200, body: JSON.stringify(body) });

/** What the service answers; with tokens as long as those of Cognito. */
const replies = {
  challenge: (name) => json({
    ChallengeName: name,
    Session: "s".repeat(1_200),
    ChallengeParameters: { USER_ID_FOR_SRP: "alice-id", SRP_B: "4".repeat(768), SALT: "5a17", SECRET_BLOCK: Buffer.alloc(1_000, 7).toString("base64") },
  }),
  tokens(more) {
    const iat = Math.floor(now / 1_000);
    const claims = { iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12", token_use: "access", client_id: "client1", sub: "person-1", username: "alice-id", iat, exp: iat + 3_600 };
    return json({ AuthenticationResult: { AccessToken: `${inBase64({ alg: "RS256" })}.${inBase64(claims)}.${"g".repeat(342)}`, RefreshToken: "r".repeat(1_800), ExpiresIn: 3_600, ...more } });
  },
};

/** A page's stores, and a service that answers in order; `locked` is the answer of every lock. */
class World {
  constructor(answers, { values = {}, locked = "held" } = {}) {
    Object.assign(this, { answers, values, locked, state: {} });
  }

  perform(effect) {
    const at = (store, key) => `${store} ${key}`;
    switch (effect.kind) {
      case "read":
        return effect.items.map(([store, key]) => this.values[at(store, key)] ?? null);
      case "write":
        if (!effect.expected.every(([key, value]) => (this.values[at(effect.store, key)] ?? null) === value)) return false;
        for (const [key, value] of effect.changes) this.values[at(effect.store, key)] = value ?? undefined;
        return true;
      case "lock":
        return this.locked;
      case "send":
        assert.ok(this.answers.length > 0, `nothing answers ${effect.body.slice(0, 100)}`);
        return this.answers.shift();
      case "sleep":
        now += effect.ms;
        return null;
      default:
        assert.fail(effect.kind);
    }
  }

  /** A call to its end, in one instance: as if no other call ended meanwhile, and its memory were never given up. */
  async run(operation, input) {
    const { exports } = await WebAssembly.instantiate(module, machine);
    begin(exports);
    const transcript = [];
    let steps = 0;
    let ms = 0;
    for (;;) {
      const message = JSON.stringify({ config, operation, input, state: this.state, transcript });
      const from = performance.now();
      const { entries, state, effect, ...end } = JSON.parse(step(message));
      ms += performance.now() - from;
      steps += 1;
      transcript.push(...entries);
      if (state) this.state = state;
      if (!effect) return { ...end, cost: { steps, ms, bytes: exports.memory.buffer.byteLength } };
      transcript.push([effect.id, this.perform(effect)]);
    }
  }
}

const stored = "local lifeguard.client1.session";

/** The stores of somebody signed in. */
async function signedIn() {
  const world = new World([replies.tokens()]);
  await world.run("signIn", { ...alice, authFlow: "USER_PASSWORD_AUTH", store: "local" });
  return world.values;
}

/** The same, whose tokens have ended. */
async function expired() {
  const values = await signedIn();
  const record = JSON.parse(values[stored]);
  return { ...values, [stored]: JSON.stringify({ ...record, expiresAt: now - 1_000, freshUntil: now - 60_000 }) };
}

/** A row: the call with its cost, how it ends, and the bytes that one instance may have at its end. */
const rows = [
  ["prepare", 700_000, "spare", () => new World([]).run("prepare", {})],
  ["signIn (SRP)", 2_100_000, "signedIn", () => new World([replies.challenge("PASSWORD_VERIFIER"), replies.tokens()]).run("signIn", alice)],
  ["signIn up to the second factor", 800_000, "challenge", async () => (await askedForCode()).asked],
  ["answer, with a new device", 2_100_000, "signedIn", async () => {
    const { asked, world } = await askedForCode();
    world.answers = [replies.tokens({ NewDeviceMetadata: { DeviceKey: "eu-west-1_device", DeviceGroupKey: "-group" } }), json({})];
    return world.run("answer", { pending: asked.done.pending, answer: { code: "123456" }, store: "local" });
  }],
  ["session, fresh", 700_000, "record", async () => new World([], { values: await signedIn() }).run("session", {})],
  ["session, refresh", 3_000_000, "record", async () => new World([replies.tokens()], { values: await expired() }).run("session", {})],
  ["session, lock busy", 1_100_000, "timeout", async () => new World([], { values: await expired(), locked: "busy" }).run("session", {})],
  ["session, no locks", 3_000_000, "record", async () => new World([replies.tokens()], { values: await expired(), locked: "missing" }).run("session", {})],
  ["session, no locks, a dead tab's lease", 6_000_000, "record", async () => {
    const values = { ...(await expired()), "local lifeguard.client1.lease": `other ${now + 29_000}` };
    return new World([replies.tokens()], { values, locked: "missing" }).run("session", {});
  }],
  ["wake", 700_000, "againMs", async () => new World([], { values: await signedIn() }).run("wake", { renew: true })],
  ["signOut", 1_000_000, "cleared", async () => new World([json({})], { values: await signedIn() }).run("signOut", {})],
  ["attributes", 700_000, "email", async () => new World([json({ UserAttributes: [{ Name: "email", Value: "a@example.com" }] })], { values: await signedIn() }).run("attributes", {})],
];

async function askedForCode() {
  const world = new World([replies.challenge("PASSWORD_VERIFIER"), replies.challenge("SOFTWARE_TOKEN_MFA")]);
  return { world, asked: await world.run("signIn", alice) };
}

for (const [name, bound, end, run] of rows)
  test(`${name}: one instance stays below ${bound.toLocaleString("en")} bytes`, async (t) => {
    const { cost, ...output } = await run();

    assert.ok(JSON.stringify(output).includes(end), JSON.stringify(output));
    t.diagnostic(`${cost.steps} steps, ${cost.bytes} bytes, ${cost.ms.toFixed(1)} ms`);
    assert.ok(cost.bytes <= bound, `${cost.bytes} bytes after ${cost.steps} steps`);
  });

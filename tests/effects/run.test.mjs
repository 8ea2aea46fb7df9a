// The loop around the core, with one that plays a script: what each step gets, and what is done with its answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedCore, setGlobal } from "./lib.mjs";

const sleep = (id, more) => ({ effect: { id, kind: "sleep", ms: 0, ...more } });
const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const isWiped = ({ buffer }) => new Uint8Array(buffer).every((byte) => byte === 0);
const trap = () => {
  throw new WebAssembly.RuntimeError("unreachable");
};

test("each step has the whole call in its message: config, input, state, and what it has learned", async (t) => {
  const messages = [];
  const { core } = await scriptedCore(t, (message) => {
    messages.push(message);
    if (messages.length === 1) return { entries: [[1, "now"]], ...sleep(2) };
    return { entries: [[3, "random"]], done: { ok: true } };
  });

  assert.deepEqual(await core.call("attributes", { timeoutMs: 7 }), { ok: true });

  const [first, second] = messages;
  assert.equal(first.operation, "attributes");
  assert.deepEqual(first.input, { timeoutMs: 7 });
  assert.deepEqual(first.transcript, []);
  assert.equal(first.config.userPoolId, "eu-west-1_Ab12");
  assert.equal(first.config.clientSecret, false);
  assert.equal(first.config.keepsLegacy, false);
  assert.equal(first.config.sharesStore, false);
  assert.deepEqual(second, { ...first, transcript: [[1, "now"], [2, null]] });
});

test("what the application changes in its input during a call is of another call", async (t) => {
  const inputs = [];
  const input = { attributes: { nickname: "Ada" } };
  const { core } = await scriptedCore(t, ({ input, transcript }) => {
    inputs.push(input);
    return transcript.length === 0 ? sleep(1) : { done: null };
  });

  const call = core.call("attributes", input);
  await turn();
  input.attributes.nickname = "";
  await call;

  assert.deepEqual(inputs, Array(2).fill({ attributes: { nickname: "Ada" } }));
});

const circle = {};
circle.circle = circle;
for (const [what, value] of [
  ["a circle", circle],
  ["a BigInt", 1n],
  ["a toJSON that throws", { toJSON: () => assert.fail("not to be written") }],
])
  test(`an input with ${what} in it is misuse`, async (t) => {
    const { core } = await scriptedCore(t, () => ({ done: null }));

    await assert.rejects(core.call("signIn", { clientMetadata: { value } }), { name: "AuthError", code: "misuse", detail: /JSON/ });
  });

for (const [value, isCut] of [
  ["ab\ud83d", true],
  ["\ude00ab", true],
  ["\\\ud83d", true],
  ["\\ud83d", false],
  ["\\\\ud83d", false],
  ["😀", false],
])
  test(`a text is misuse where it was cut in the middle of a character: ${JSON.stringify(value)}`, async (t) => {
    const { core } = await scriptedCore(t, ({ input }) => ({ done: input }));

    const call = core.call("signIn", { clientMetadata: { value } });

    if (isCut) await assert.rejects(call, { name: "AuthError", code: "misuse", detail: /middle of a character/ });
    else assert.equal((await call).clientMetadata.value, value);
  });

test("a state replaces the one before as a whole; without one it stays", async (t) => {
  const states = [];
  const { core } = await scriptedCore(t, ({ state, transcript }) => {
    states.push(state);
    if (transcript.length === 0) return { state: { seen: "a", cooling: 1 }, ...sleep(1) };
    if (transcript.length === 1) return sleep(2);
    return { state: { seen: "b" }, done: null };
  });
  core.update({ seen: "", over: "e1" });

  await core.call("wake");

  assert.deepEqual(states, [{ seen: "", over: "e1" }, { seen: "a", cooling: 1 }, { seen: "a", cooling: 1 }]);
  assert.deepEqual(core.state, { seen: "b" });
});

test("what the page changes between two steps reaches the next one", async (t) => {
  const states = [];
  const { core } = await scriptedCore(t, ({ state, transcript }) => {
    states.push(state);
    return transcript.length === 0 ? sleep(1) : { done: null };
  });

  const call = core.call("wake");
  await turn();
  core.update({ seen: "x" });
  await call;

  assert.deepEqual(states.at(-1), { seen: "x" });
});

test("events and broadcasts come in the order of the notes, before the call resolves", async (t) => {
  const order = [];
  const { core, host, events } = await scriptedCore(t, () => ({
    notes: [{ broadcast: "signedIn" }, { notify: { type: "signedIn" } }, { notify: { type: "statusChanged" } }],
    done: null,
  }));
  host.broadcast = (message) => order.push(message, events.length);

  await core.call("wake");

  assert.deepEqual(order, ["signedIn", 0]);
  assert.deepEqual(events, [{ type: "signedIn" }, { type: "statusChanged" }]);
});

test("a failure rejects with its code, what to do, and what the service said", async (t) => {
  const { core } = await scriptedCore(t, () => ({ failed: { code: "throttled", retryable: true, retryAfterMs: 50, service: { name: "N", message: "M" } } }));

  await assert.rejects(core.call("attributes"), { name: "AuthError", code: "throttled", retryable: true, retryAfterMs: 50, service: { name: "N", message: "M" } });
});

test("a trap rejects that call with internal, releases its locks, and the others go on", async (t) => {
  setGlobal(t, "navigator", {});
  const { core, memories } = await scriptedCore(t, ({ operation, transcript }) => {
    if (operation === "wake") return transcript.length < 5 ? sleep(transcript.length) : { done: "went on" };
    if (operation === "getDevice") return transcript.length ? { done: transcript[0][1] } : { effect: { id: 1, kind: "lock", name: "trap", waitMs: 500 } };
    return transcript.length ? trap() : { effect: { id: 1, kind: "lock", name: "trap", waitMs: 500 } };
  });

  const other = core.call("wake");
  await assert.rejects(core.call("attributes"), { name: "AuthError", code: "internal" });

  assert.equal(await other, "went on");
  assert.equal(await core.call("getDevice"), "missing");
  assert.ok(memories.every(isWiped));
});

test("the memory is wiped after each call, and is never used again", async (t) => {
  const { core, memories } = await scriptedCore(t, () => ({ done: null }));

  await core.call("changePassword", { previousPassword: "hunter2" });
  await core.call("attributes");

  assert.equal(memories.length, 2);
  assert.notEqual(memories[0], memories[1]);
  assert.ok(memories.every(isWiped));
});

test("calls of different length overlap: every instance that has seen a message is wiped in the end", async (t) => {
  const { core, memories } = await scriptedCore(t, ({ input, transcript }) => (transcript.length < input.steps ? sleep(transcript.length) : { done: input.steps }));

  const steps = [0, 1, 2, 5, 0, 9, 3, 1];
  const results = await Promise.all(steps.map((steps) => core.call("attributes", { steps })));

  assert.deepEqual(results, steps);
  assert.ok(memories.length > 0);
  assert.ok(memories.every(isWiped));
});

test("two calls that wait for the same instance both end well", async (t) => {
  const { core } = await scriptedCore(t, () => ({ done: "ok" }));

  assert.deepEqual(await Promise.all([core.call("question"), core.call("question"), core.call("signIn")]), ["ok", "ok", "ok"]);
});

test("locks that a call holds are released by its note, and at its end", async (t) => {
  setGlobal(t, "navigator", {});
  const { core } = await scriptedCore(t, ({ input, transcript }) => {
    if (transcript.length === 0) return { effect: { id: 1, kind: "lock", name: "notes", waitMs: input.waitMs } };
    if (input.unlocks && transcript.length === 1) return { notes: [{ unlock: "notes" }], ...sleep(2, { ms: 100 }) };
    if (input.holds && transcript.length === 1) return sleep(2, { ms: 50 });
    return { done: transcript[0][1] };
  });

  const unlocking = core.call("attributes", { waitMs: 10, unlocks: true });
  await turn(20);
  assert.equal(await core.call("attributes", { waitMs: 10 }), "missing");
  await unlocking;

  const holding = core.call("attributes", { waitMs: 10, holds: true });
  await turn(10);
  assert.equal(await core.call("attributes", { waitMs: 5 }), "busy");
  await holding;
  assert.equal(await core.call("attributes", { waitMs: 10 }), "missing");
});

test("an abort rejects at once; what is detached is performed to its end", async (t) => {
  let isOver = false;
  const answers = [];
  const { core } = await scriptedCore(t, ({ transcript }) => {
    if (transcript.length === 0) return sleep(1, { ms: 60, detached: true });
    answers.push(transcript.at(-1)[1]);
    if (transcript.length === 1) return sleep(2, { ms: 60_000 });
    isOver = true;
    return { done: null };
  });
  const controller = new AbortController();

  const call = core.call("signIn", {}, controller.signal);
  await turn(5);
  controller.abort();
  const begin = Date.now();
  await assert.rejects(call, { name: "AuthError", code: "aborted" });
  assert.ok(Date.now() - begin < 40);

  await turn(120);
  assert.deepEqual(answers, [null, { error: "aborted" }]);
  assert.ok(isOver);
});

test("a call that was aborted before it began takes no step", async (t) => {
  let steps = 0;
  const { core } = await scriptedCore(t, () => (steps++, { done: null }));

  await assert.rejects(core.call("wake", {}, AbortSignal.abort()), { code: "aborted" });

  assert.equal(steps, 0);
});

test("callers who want the same session share one call, and the abort of one ends nothing for the other", async (t) => {
  let calls = 0;
  const { core } = await scriptedCore(t, ({ transcript }) => {
    if (transcript.length) return { done: { record: "r" } };
    calls++;
    return sleep(1, { ms: 20 });
  });
  const controller = new AbortController();

  const one = core.call("session", { forceRefresh: true }, controller.signal);
  const two = core.call("session", { forceRefresh: true });
  const other = core.call("session", { forceRefresh: true, clientMetadata: { a: "b" } });
  controller.abort();

  await assert.rejects(one, { code: "aborted" });
  assert.deepEqual(await two, { record: "r" });
  await other;
  assert.equal(calls, 2);

  await core.call("session", { forceRefresh: true });
  assert.equal(calls, 3);
});

test("what was prepared is handed in once, with a password only", async (t) => {
  const spares = [];
  const { core } = await scriptedCore(t, ({ operation, input }) => {
    if (operation === "prepare") return { done: { spare: { a: "1", public: "2" } } };
    spares.push(input.spare);
    return { done: { status: "signedIn", record: "{}" } };
  });
  await core.preload();

  await core.call("answer", { answer: { code: "123" } });
  await core.call("signIn", { username: "u", password: "p" });
  await core.call("signIn", { username: "u", password: "p" });

  assert.deepEqual(spares, [undefined, { a: "1", public: "2" }, undefined]);
});

test("after an attempt that did not sign in the next is prepared, where preload was asked for", async (t) => {
  const operations = [];
  const step = ({ operation }) => {
    operations.push(operation);
    return operation === "prepare" ? { done: { spare: {} } } : { failed: { code: "incorrectCredentials" } };
  };
  const lazy = await scriptedCore(t, step);
  await assert.rejects(lazy.core.call("signIn", { password: "p" }));
  await turn(20);
  assert.deepEqual(operations.splice(0), ["signIn"]);

  const eager = await scriptedCore(t, step);
  await eager.core.preload();
  await assert.rejects(eager.core.call("signIn", { password: "p" }));
  await turn(20);
  assert.deepEqual(operations, ["prepare", "signIn", "prepare"]);
});

test("preload of a page whose user is signed in compiles, and takes no step", async (t) => {
  let steps = 0;
  const { core, host } = await scriptedCore(t, () => (steps++, { done: { spare: {} } }));
  const times = { receivedAt: Date.now(), expiresAt: Date.now() + 1, freshUntil: Date.now() + 1 };
  host.memory.setItem("lifeguard.client1.session", JSON.stringify({ v: 1, pool: "eu-west-1_Ab12", epoch: "e", username: "u", sub: "s", accessToken: "t", ...times }));

  assert.equal(core.isLoaded(), false);
  await core.preload();

  assert.equal(core.isLoaded(), true);
  assert.equal(steps, 0);
});

test("data of the threat-protection script go with a user name", async (t) => {
  let got;
  setGlobal(t, "AmazonCognitoAdvancedSecurityData", { getData: (...names) => names.join("/") });
  const { core } = await scriptedCore(t, ({ input }) => ((got = input), { done: null }));

  await core.call("forgotPassword", { username: "u" });
  assert.equal(got.userContextData, "u/eu-west-1_Ab12/client1");

  await core.call("attributes", {});
  assert.equal(got.userContextData, undefined);
});

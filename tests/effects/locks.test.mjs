// The effect `lock`: Web Locks, and the queue within a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lock as lockFor } from "../../dist/effects/locks.js";
import { scriptedCore, setGlobal } from "./lib.mjs";

const lock = (name, waitMs, holdMs = 60_000) => lockFor(name, waitMs, holdMs);

/** Web Locks of one browser, as the standard has them; `waiting`: requests in the queue. */
function makeLocks() {
  const held = new Map();
  const waiting = [];
  const grantNext = (name) => {
    const at = waiting.findIndex((one) => one.name === name);
    if (at >= 0 && !held.has(name)) waiting.splice(at, 1)[0].grant();
  };
  /** The browser as one page has it. */
  const locksOf = (clientId) => ({
    query: async () => ({ held: [...held.values()].map(({ name, clientId }) => ({ name, clientId })), pending: [] }),
    request: (name, { signal, steal }, callback) =>
      new Promise((resolve, reject) => {
        const entry = {
          name,
          clientId,
          reject,
          grant() {
            held.set(name, entry);
            Promise.resolve(callback({ name })).finally(() => {
              if (held.get(name) === entry) held.delete(name);
              resolve();
              grantNext(name);
            });
          },
        };
        signal?.addEventListener("abort", () => {
          const at = waiting.indexOf(entry);
          if (at < 0) return;
          waiting.splice(at, 1);
          reject(signal.reason);
        });
        if (steal) {
          held.get(name)?.reject(new DOMException("stolen", "AbortError"));
          held.delete(name);
          waiting.unshift(entry);
        } else {
          waiting.push(entry);
        }
        queueMicrotask(() => grantNext(name));
      }),
  });
  return { locks: locksOf("this page"), locksOf, waiting, held };
}

test("a lock is held until it is released", async (t) => {
  const browser = makeLocks();
  setGlobal(t, "navigator", { locks: browser.locks });

  const first = await lock("one", 100);
  assert.equal(first.answer, "held");
  assert.deepEqual([...browser.held.keys()], ["one"]);
  assert.equal((await lock("one", 20)).answer, "busy");

  first.release();
  const next = await lock("one", 100);
  assert.equal(next.answer, "held");
  next.release();
});

test("locks of other names do not wait for each other", async (t) => {
  setGlobal(t, "navigator", { locks: makeLocks().locks });

  const first = await lock("two", 100);
  const other = await lock("three", 20);

  assert.equal(other.answer, "held");
  first.release();
  other.release();
});

test("a request that waits too long leaves the browser's queue", async (t) => {
  const browser = makeLocks();
  setGlobal(t, "navigator", { locks: browser.locks });
  // Another tab.
  let leave;
  void browser.locks.request("four", {}, () => new Promise((resolve) => (leave = resolve)));

  assert.deepEqual(await lock("four", 20), { answer: "busy" });
  assert.equal(browser.waiting.length, 0);

  leave();
  const later = await lock("four", 100);
  assert.equal(later.answer, "held");
  later.release();
});

for (const [how, navigator] of [
  ["missing", {}],
  ["throwing", { locks: { request() { throw new Error("not here"); } } }],
  ["rejecting", { locks: { request: () => Promise.reject(new DOMException("opaque origin", "SecurityError")) } }],
  ["absent with navigator", undefined],
]) {
  test(`locks that are ${how}: calls of one page take turns all the same`, async (t) => {
    setGlobal(t, "navigator", navigator);
    const name = `page ${how}`;

    const first = await lock(name, 100);
    assert.equal(first.answer, "missing");
    assert.equal((await lock(name, 20)).answer, "busy");

    const waiting = lock(name, 1_000);
    first.release();
    const next = await waiting;
    assert.equal(next.answer, "missing");
    next.release();
  });
}

test("locks that never answer are busy after the wait, and again the next time", async (t) => {
  setGlobal(t, "navigator", { locks: { request: () => new Promise(() => {}) } });

  assert.equal((await lock("hangs", 20)).answer, "busy");
  assert.equal((await lock("hangs", 20)).answer, "busy");
});

test("who gave up waiting does not let the ones behind it in", async (t) => {
  setGlobal(t, "navigator", {});
  const first = await lock("queue", 100);

  const [impatient, patient] = [lock("queue", 20), lock("queue", 2_000)];
  assert.equal((await impatient).answer, "busy");
  let isIn = false;
  void patient.then(() => (isIn = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(isIn, false);

  first.release();
  (await patient).release();
});

test("a lock that another tab sits on is taken after its time, and that tab knows", async (t) => {
  const browser = makeLocks();
  setGlobal(t, "navigator", { locks: browser.locksOf("a frozen tab") });
  const frozen = await lock("sat on", 100, 40);
  assert.ok(frozen.left() > 0 && frozen.left() <= 40, String(frozen.left()));
  // Not `lock` of this page, whose calls wait for each other.
  setGlobal(t, "navigator", { locks: browser.locksOf("another") });
  const { lock: lockOfAnother } = await import("../../dist/effects/locks.js?another");

  const taken = await lockOfAnother("sat on", 1_000, 40);

  assert.equal(taken.answer, "held");
  assert.ok(taken.left() > 0);
  assert.equal(frozen.left(), 0);
  frozen.release();
  assert.equal(browser.held.get("sat on").clientId, "another");
  taken.release();
});

test("a lock that goes from tab to tab is waited for", async (t) => {
  const browser = makeLocks();
  const keep = (clientId, ms) =>
    browser.locksOf(clientId).request("passed on", {}, () => new Promise((resolve) => setTimeout(resolve, ms)));
  const others = [keep("first", 40), keep("second", 40), keep("third", 40)];
  setGlobal(t, "navigator", { locks: browser.locks });

  const mine = await lock("passed on", 5_000, 60);

  assert.equal(mine.answer, "held");
  await Promise.all(others).then(() => {}, () => assert.fail("a lock was taken"));
  mine.release();
});

test("a page that was frozen while it waited has most of its patience left", async (t) => {
  const browser = makeLocks();
  let leave;
  void browser.locksOf("other").request("long", {}, () => new Promise((resolve) => (leave = resolve)));
  setGlobal(t, "navigator", { locks: { ...browser.locks, query: () => Promise.reject(new Error("not here")) } });
  const waiting = lock("long", 200, 50);
  // All timers of the page fire late, as one.
  const until = performance.now() + 300;
  while (performance.now() < until);
  setTimeout(() => leave(), 20);

  const { answer, release } = await waiting;

  assert.equal(answer, "held");
  release();
});

for (const query of [() => new Promise(() => {}), () => Promise.reject(new Error("no")), undefined]) {
  test(`where the browser does not say who holds a lock (${query}), it is busy after the wait`, async (t) => {
    const browser = makeLocks();
    void browser.locksOf("other").request("secret", {}, () => new Promise(() => {}));
    setGlobal(t, "navigator", { locks: { ...browser.locks, query } });

    assert.equal((await lock("secret", 40, 20)).answer, "busy");
  });
}

for (const [what, locks] of [
  ["nothing", { request: () => new Promise(() => {}), query: () => new Promise(() => {}) }],
  ["who holds the lock, and no request for it", { request: () => new Promise(() => {}), query: async () => ({ held: [{ name: "hung", clientId: "other" }] }) }],
])
  test(`a browser that answers ${what}: a lock is busy after the wait, and no later`, async (t) => {
    setGlobal(t, "navigator", { locks });
    const since = performance.now();

    assert.equal((await lock("hung", 400, 100)).answer, "busy");

    const took = performance.now() - since;
    assert.ok(took >= 380 && took < 1_000, String(took));
  });

test("a call that waits for a lock that never comes ends at once by an abort", async (t) => {
  setGlobal(t, "navigator", { locks: { request: () => new Promise(() => {}) } });
  const effect = { id: 1, kind: "lock", name: "for ever", waitMs: 2_000, holdMs: 60_000 };
  const { core } = await scriptedCore(t, ({ transcript }) => (transcript.length === 0 ? { effect } : { done: transcript }));
  const controller = new AbortController();
  const since = performance.now();

  const call = core.call("wake", {}, controller.signal);
  setTimeout(() => controller.abort(), 20);

  await assert.rejects(call, { name: "AuthError", code: "aborted" });
  assert.ok(performance.now() - since < 1_000);
});

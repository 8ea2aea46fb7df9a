// The effect `lock`: Web Locks, and the queue within a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lock } from "../../dist/effects/locks.js";
import { setGlobal } from "./lib.mjs";

/** Web Locks of one browser, as the standard has them; `waiting`: requests in the queue. */
function makeLocks() {
  const held = new Set();
  const waiting = [];
  const grantNext = (name) => {
    const at = waiting.findIndex((one) => one.name === name);
    if (at >= 0 && !held.has(name)) waiting.splice(at, 1)[0].grant();
  };
  const locks = {
    request: (name, { signal }, callback) =>
      new Promise((resolve, reject) => {
        const entry = {
          name,
          grant() {
            held.add(name);
            Promise.resolve(callback({ name })).finally(() => {
              held.delete(name);
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
        waiting.push(entry);
        queueMicrotask(() => grantNext(name));
      }),
  };
  return { locks, waiting, held };
}

test("a lock is held until it is released", async (t) => {
  const browser = makeLocks();
  setGlobal(t, "navigator", { locks: browser.locks });

  const first = await lock("one", 100);
  assert.equal(first.answer, "held");
  assert.deepEqual([...browser.held], ["one"]);
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

// The effects `read` and `write`, and the stores of a page.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createHost } from "../../dist/effects/host.js";
import { read, write } from "../../dist/effects/storage.js";
import { makeStore, setGlobal } from "./lib.mjs";

const { patiently } = createHost({ storage: "memory" });
const hostWith = (lasting) => ({ lasting, tab: makeStore(), memory: makeStore(), local: () => undefined, patiently });
/** As it reaches the core. */
const text = (answer) => JSON.parse(JSON.stringify(answer));
const put = (host, key, value) => write(host, { store: "local", expected: [], changes: [[key, value]] });
const hangs = () => new Promise(() => {});

/** Lets a store hang until patience is over. */
async function impatiently(work) {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const ms = performance.now();
    let isDone = false;
    const result = work().finally(() => (isDone = true));
    let waited = 0;
    for (let turn = 0; turn < 200 && !isDone; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) break;
      mock.timers.tick(100);
      waited += 100;
    }
    assert.ok(performance.now() - ms < 5_000);
    return { result: await result, waited };
  } finally {
    mock.timers.reset();
  }
}

test("values come in the order that was asked for; what is not there is null", async () => {
  const host = hostWith(makeStore());
  host.lasting.setItem("a", "1");
  host.tab.setItem("b", "2");

  assert.deepEqual(text(await read(host, { items: [["session", "b"], ["local", "a"], ["memory", "a"]] })), ["2", "1", null]);
});

test("a store that answers with promises is awaited", async () => {
  const host = hostWith({ getItem: async () => "x", setItem: async () => {}, removeItem: async () => {} });

  assert.deepEqual(text(await read(host, { items: [["local", "a"]] })), ["x"]);
  assert.equal(await put(host, "a", "1"), true);
});

test("a store that throws or rejects is unavailable", async () => {
  const throws = () => {
    throw new Error("full");
  };
  for (const fail of [throws, async () => throws()]) {
    const host = hostWith({ getItem: fail, setItem: fail, removeItem: fail });
    assert.deepEqual(text(await read(host, { items: [["local", "a"]] })), [{ error: "unavailable" }]);
    assert.deepEqual(text(await put(host, "a", "1")), { error: "unavailable" });
    assert.deepEqual(text(await put(host, "a", null)), { error: "unavailable" });
  }
});

test("a store that hangs is a timeout after three seconds, once and not for each value", async () => {
  const host = hostWith({ getItem: hangs, setItem: hangs, removeItem: hangs });
  host.memory.setItem("d", "4");

  const reading = await impatiently(() => read(host, { items: [["local", "a"], ["local", "b"], ["local", "c"], ["memory", "d"]] }));
  const writing = await impatiently(() => put(host, "a", "1"));

  assert.deepEqual(text(reading.result), [{ error: "timeout" }, { error: "timeout" }, { error: "timeout" }, "4"]);
  assert.equal(reading.waited, 3_000);
  assert.deepEqual(text(writing.result), { error: "timeout" });
});

test("what a store's setItem resolves to never reaches the core", async () => {
  const circular = {};
  circular.self = circular;
  for (const odd of [1n, circular, () => {}, Symbol("odd"), { error: "timeout" }]) {
    const host = hostWith({ getItem: () => odd, setItem: async () => odd, removeItem: () => odd });
    assert.equal(await put(host, "a", "1"), true);
    assert.equal(await put(host, "a", null), true);
    assert.deepEqual(await read(host, { items: [["local", "a"]] }), [null]);
  }
});

test("null removes what is stored", async () => {
  const host = hostWith(makeStore());
  host.lasting.setItem("a", "1");

  await put(host, "a", null);

  assert.equal(host.lasting.items.has("a"), false);
});

test("without a usable localStorage the page's memory stands in for as long as it lives", async (t) => {
  for (const broken of ["missing", "throwing", "without methods"]) {
    if (broken === "missing") setGlobal(t, "localStorage", undefined);
    // Node.js 25 without a file for it.
    if (broken === "without methods") setGlobal(t, "localStorage", {});
    if (broken === "throwing")
      Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new DOMException("no", "SecurityError"); } });
    const host = createHost({ clientId: "c", userPoolId: "p" });

    assert.equal(await put(host, "a", "1"), true, broken);
    assert.deepEqual(text(await read(host, { items: [["local", "a"]] })), ["1"], broken);
    assert.deepEqual(text(await read(host, { items: [["memory", "a"], ["session", "a"]] })), [null, null], broken);
  }
});

for (const [kind, wrap] of [["at once", (value) => value], ["with promises", async (value) => value]]) {
  test(`a write of a store that answers ${kind} is made only where what is expected is there`, async () => {
    const store = makeStore();
    const host = hostWith({
      getItem: (key) => wrap(store.getItem(key)),
      setItem: (key, value) => wrap(store.setItem(key, value)),
      removeItem: (key) => wrap(store.removeItem(key)),
    });
    const change = (expected, changes) => write(host, { store: "local", expected, changes });
    store.setItem("a", "1");

    assert.equal(await change([["a", "2"]], [["a", "3"], ["b", "3"]]), false);
    assert.equal(await change([["a", null]], [["a", "3"]]), false);
    assert.equal(await change([["a", "1"], ["b", "x"]], [["a", "3"]]), false);
    assert.deepEqual([store.getItem("a"), store.getItem("b") ?? null], ["1", null]);

    assert.equal(await change([["a", "1"], ["b", null]], [["a", null], ["b", "2"]]), true);
    assert.deepEqual([store.getItem("a") ?? null, store.getItem("b")], [null, "2"]);
  });
}

test("two calls of one page that write over the same value: one of them does", async () => {
  const host = hostWith(makeStore());
  host.lasting.setItem("a", "0");
  const change = (value) => write(host, { store: "local", expected: [["a", "0"]], changes: [["a", value]] });

  assert.deepEqual((await Promise.all([change("1"), change("2")])).sort(), [false, true]);
});

test("what is expected of a store that fails is not known: nothing is written", async () => {
  const written = [];
  const fails = () => {
    throw new Error("locked");
  };
  const host = hostWith({ getItem: fails, setItem: (key) => written.push(key), removeItem: () => {} });

  assert.deepEqual(text(await write(host, { store: "local", expected: [["a", null]], changes: [["a", "1"]] })), { error: "unavailable" });
  assert.deepEqual(written, []);
});

test("a device's password stays out of a store that other origins share", async (t) => {
  const [local, cookies] = [makeStore(), makeStore()];
  setGlobal(t, "localStorage", local);
  const host = createHost({ clientId: "c", storage: { ...cookies, shared: true } });
  const key = "lifeguard.c.device.abc";

  await put(host, key, "secret");
  await put(host, "lifeguard.c.session", "record");

  assert.equal(cookies.getItem(key) ?? null, null);
  assert.equal(local.getItem(key), "secret");
  assert.equal(cookies.getItem("lifeguard.c.session"), "record");
  assert.deepEqual(text(await read(host, { items: [["local", key], ["local", "lifeguard.c.session"]] })), ["secret", "record"]);
});

// The effects `read` and `write`, and the stores of a page.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createHost } from "../../dist/effects/host.js";
import { read, write } from "../../dist/effects/storage.js";
import { makeStore, setGlobal } from "./lib.mjs";

const hostWith = (lasting) => ({ lasting, tab: makeStore(), memory: makeStore(), local: () => undefined });
/** As it reaches the core. */
const text = (answer) => JSON.parse(JSON.stringify(answer));
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
  assert.equal(await write(host, { store: "local", key: "a", value: "1" }), null);
});

test("a store that throws or rejects is unavailable", async () => {
  const throws = () => {
    throw new Error("full");
  };
  for (const fail of [throws, async () => throws()]) {
    const host = hostWith({ getItem: fail, setItem: fail, removeItem: fail });
    assert.deepEqual(text(await read(host, { items: [["local", "a"]] })), [{ error: "unavailable" }]);
    assert.deepEqual(text(await write(host, { store: "local", key: "a", value: "1" })), { error: "unavailable" });
    assert.deepEqual(text(await write(host, { store: "local", key: "a" })), { error: "unavailable" });
  }
});

test("a store that hangs is a timeout after three seconds, once and not for each value", async () => {
  const host = hostWith({ getItem: hangs, setItem: hangs, removeItem: hangs });
  host.memory.setItem("d", "4");

  const reading = await impatiently(() => read(host, { items: [["local", "a"], ["local", "b"], ["local", "c"], ["memory", "d"]] }));
  const writing = await impatiently(() => write(host, { store: "local", key: "a", value: "1" }));

  assert.deepEqual(text(reading.result), [{ error: "timeout" }, { error: "timeout" }, { error: "timeout" }, "4"]);
  assert.equal(reading.waited, 3_000);
  assert.deepEqual(text(writing.result), { error: "timeout" });
});

test("what a store's setItem resolves to never reaches the core", async () => {
  const circular = {};
  circular.self = circular;
  for (const odd of [1n, circular, () => {}, Symbol("odd"), { error: "timeout" }]) {
    const host = hostWith({ getItem: () => odd, setItem: async () => odd, removeItem: () => odd });
    assert.equal(await write(host, { store: "local", key: "a", value: "1" }), null);
    assert.equal(await write(host, { store: "local", key: "a" }), null);
    assert.deepEqual(await read(host, { items: [["local", "a"]] }), [null]);
  }
});

test("no value, and null, remove what is stored", async () => {
  for (const value of [undefined, null]) {
    const host = hostWith(makeStore());
    host.lasting.setItem("a", "1");
    await write(host, { store: "local", key: "a", value });
    assert.equal(host.lasting.items.has("a"), false);
  }
});

test("without a usable localStorage the page's memory stands in for as long as it lives", async (t) => {
  for (const broken of ["missing", "throwing", "without methods"]) {
    if (broken === "missing") setGlobal(t, "localStorage", undefined);
    // Node.js 25 without a file for it.
    if (broken === "without methods") setGlobal(t, "localStorage", {});
    if (broken === "throwing")
      Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new DOMException("no", "SecurityError"); } });
    const host = createHost({ clientId: "c", userPoolId: "p" });

    assert.equal(await write(host, { store: "local", key: "a", value: "1" }), null, broken);
    assert.deepEqual(text(await read(host, { items: [["local", "a"]] })), ["1"], broken);
    assert.deepEqual(text(await read(host, { items: [["memory", "a"], ["session", "a"]] })), [null, null], broken);
  }
});

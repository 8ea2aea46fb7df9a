// `encryptedStorage` in Node: a key that is late, or that is not to be had.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { encryptedStorage } from "../../dist/index.js";
import { makeStore, setGlobal } from "../effects/lib.mjs";

const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
const [session, epoch] = ["lifeguard.c.session", "lifeguard.c.epoch"];
const { setTimeout: realTimeout } = globalThis;
/** For what WebCrypto does in threads of its own. */
const turn = () => new Promise((resolve) => realTimeout(resolve, 30));
async function until(holds) {
  for (let count = 0; count < 300 && !(await holds()); count += 1) await turn();
  assert.ok(await holds(), "it does not come");
}

/** A database that holds the key, and opens when a test says so. */
function aDatabase(t, { held = key, put = () => {} } = {}) {
  const opening = {};
  const request = (result) => {
    const made = { result };
    queueMicrotask(() => made.onsuccess?.());
    return made;
  };
  const transaction = {
    objectStore: () => ({ get: () => request(held), put: (value) => { put(value); setImmediate(() => transaction.oncomplete?.()); } }),
  };
  setGlobal(t, "indexedDB", { open: () => opening });
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  return {
    async open() {
      await until(() => opening.onsuccess);
      opening.result = { transaction: () => transaction, close() {} };
      opening.onsuccess();
      await turn();
    },
    async fail() {
      await until(() => opening.onerror);
      opening.error = new DOMException("no", "InvalidStateError");
      opening.onerror();
      await turn();
    },
  };
}

/** What another page, whose key was there in time, stores. */
async function sealedBy(t, values) {
  const inner = makeStore();
  const database = aDatabase(t);
  const store = encryptedStorage(inner);
  const all = Object.entries(values).map(([name, value]) => store.setItem(name, value));
  await turn();
  await database.open();
  await Promise.all(all);
  mock.timers.reset();
  return inner;
}

/** Lets time pass once the key has been asked for. */
const pass = async (ms) => { await turn(); await turn(); mock.timers.tick(ms); await turn(); };

test("what is read waits for a late key, and is not absent", async (t) => {
  const inner = await sealedBy(t, { [session]: "one" });
  const database = aDatabase(t);
  const told = [];
  const store = encryptedStorage(inner, { onMemory: (cause) => told.push(cause) });

  let read;
  void store.getItem(session).then((value) => { read = value; });
  await pass(60_000);
  assert.equal(read, undefined);

  await database.open();
  await until(() => read);
  assert.equal(read, "one");
  assert.deepEqual(told, []);
});

test("where nothing is stored no key is waited for", async (t) => {
  aDatabase(t);
  assert.equal(await encryptedStorage(makeStore()).getItem(session), null);
});

test("what is written while the key is late is in memory, and in the store once it has come", async (t) => {
  const inner = await sealedBy(t, { [session]: "old", [epoch]: "e0" });
  const before = new Map(inner.items);
  const database = aDatabase(t);
  const told = [];
  const store = encryptedStorage(inner, { onMemory: (cause) => told.push(cause.message) });

  const written = store.setItem(epoch, "e1").then(() => store.setItem(session, "new"));
  await pass(1_500);
  await written;
  assert.equal(await store.getItem(session), "new");
  assert.deepEqual([...inner.items], [...before], "what is encrypted is not written over while there is no key");
  assert.deepEqual(told, ["no key in time"]);

  await database.open();
  await until(() => inner.items.get(session) !== before.get(session));
  assert.equal(await store.getItem(session), "new");
  mock.timers.reset();
  const other = aDatabase(t);
  const another = encryptedStorage(inner);
  const read = Promise.all([another.getItem(session), another.getItem(epoch)]);
  await turn();
  await other.open();
  assert.deepEqual(await read, ["new", "e1"]);
});

test("a late key writes over no sign-out or sign-in of another tab, but over its refresh of the session before", async (t) => {
  for (const [what, change, expected] of [
    ["signs out", (items) => { items.delete(session); items.set(epoch, "sealed e2"); }, null],
    ["signs in", (items) => { items.set(session, "sealed other"); items.set(epoch, "sealed e2"); }, "sealed other"],
    ["refreshes", (items) => { items.set(session, "sealed refreshed"); }, "ours"],
  ]) {
    const inner = await sealedBy(t, { [session]: "old", [epoch]: "e0" });
    const database = aDatabase(t);
    const store = encryptedStorage(inner);
    const written = store.setItem(epoch, "e1").then(() => store.setItem(session, "new"));
    await pass(1_500);
    await written;

    change(inner.items);
    await database.open();
    // Until what waited is decided.
    await store.setItem("another", "x");

    if (expected === "ours") assert.equal(await store.getItem(session), "new", what);
    else assert.equal(inner.items.get(session) ?? null, expected, what);
    mock.timers.reset();
  }
});

test("what was removed while the key was late does not come back with it", async (t) => {
  const inner = makeStore();
  const database = aDatabase(t);
  const store = encryptedStorage(inner);
  const written = store.setItem(session, "new");
  await pass(1_500);
  await written;

  await store.removeItem(session);
  await database.open();
  await store.setItem("another", "x");
  inner.items.delete("another");

  assert.equal(inner.items.size, 0);
  assert.equal(await store.getItem(session), null);
});

test("what is written while a late key comes counts, and what waited is not written over it", async (t) => {
  const inner = makeStore();
  const database = aDatabase(t);
  const store = encryptedStorage(inner);
  const first = store.setItem(session, "first");
  await pass(1_500);
  await first;

  const opened = database.open();
  const second = store.setItem(session, "second");
  await Promise.all([opened, second]);
  await turn();

  assert.equal(await store.getItem(session), "second");
  assert.ok(inner.items.has(session));
  await store.setItem(session, "third");
  assert.equal(await store.getItem(session), "third");
});

test("where no key is to be had, values stay in memory and what is encrypted stays as it is", async (t) => {
  const inner = await sealedBy(t, { [session]: "old", [epoch]: "e0" });
  const before = new Map(inner.items);
  for (const [how, options] of [["the database does not open", {}], ["the key cannot be kept", { held: null, put: () => { throw new DOMException("no", "DataCloneError"); } }]]) {
    const database = aDatabase(t, options);
    const told = [];
    const store = encryptedStorage(inner, { onMemory: (cause) => told.push(cause.name) });
    const read = store.getItem(session);
    await turn();
    await (how === "the database does not open" ? database.fail() : database.open());
    assert.equal(await read, null, how);
    await store.setItem(session, "new");
    assert.equal(await store.getItem(session), "new", how);
    assert.deepEqual([...inner.items], [...before], how);
    assert.equal(told.length, 1, how);
    mock.timers.reset();
  }
});

test("a key whose transaction the browser gives up is none", async (t) => {
  const inner = makeStore();
  const transaction = { objectStore: () => ({ get: () => { const made = {}; queueMicrotask(() => made.onsuccess()); return made; }, put: () => setImmediate(() => { transaction.error = new DOMException("full", "QuotaExceededError"); transaction.onabort?.(); }) }) };
  setGlobal(t, "indexedDB", { open: () => { const opening = { result: { transaction: () => transaction, close() {} } }; queueMicrotask(() => opening.onsuccess()); return opening; } });
  const told = [];
  const store = encryptedStorage(inner, { onMemory: (cause) => told.push(cause.name) });

  await store.setItem(session, "new");

  assert.deepEqual(told, ["QuotaExceededError"]);
  assert.equal(inner.items.size, 0);
});

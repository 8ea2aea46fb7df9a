// What a duplicated tab finds of the other tab's refreshes.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mock, test } from "node:test";
import { createHost } from "../../dist/effects/host.js";
import { read, write } from "../../dist/effects/storage.js";
import { copyPackage, setGlobal } from "./lib.mjs";

const key = "lifeguard.client1.session";
const record = (refreshToken, more) => JSON.stringify({ v: 1, pool: "p", epoch: "e1", username: "alice", refreshToken, accessToken: `access-${refreshToken}`, ...more });

/** A browser's store: its keys are its properties. */
class FakeStorage {
  constructor(items = {}) { Object.assign(this, items); }
  getItem(name) { return this[name] ?? null; }
  setItem(name, value) { this[name] = String(value); }
  removeItem(name) { delete this[name]; }
}

/** Tabs of one browser that were duplicated from one another. */
function duplicated(t, count = 2) {
  const local = new FakeStorage();
  setGlobal(t, "localStorage", local);
  const tabs = Array.from({ length: count }, () => {
    const session = new FakeStorage({ [key]: record("r0") });
    const open = (work) => async (...args) => {
      globalThis.sessionStorage = session;
      return work(createHost({ clientId: "client1" }), ...args);
    };
    return {
      session,
      read: open(async (host) => (await read(host, { items: [["session", key]] }))[0]),
      refresh: open(async (host, token, more) => {
        const before = await host.tab.getItem(key);
        return write(host, { store: "session", expected: [[key, before], ["lifeguard.client1.epoch", null]], changes: [[key, record(token, more)]] });
      }),
    };
  });
  t.after(() => delete globalThis.sessionStorage);
  return { local, tabs };
}
const left = (local) => Object.keys(local).filter((name) => name.startsWith(`${key}.next.`));

test("a duplicated tab goes on with what the other tab's refreshes brought, and the other way round", async (t) => {
  const { tabs: [one, two] } = duplicated(t);

  assert.equal(await one.refresh("r1"), true);
  assert.equal(await one.refresh("r2"), true);
  assert.equal(await two.read(), record("r2"));
  assert.equal(two.session.getItem(key), record("r2"));
  await two.refresh("r3");

  assert.equal(await one.read(), record("r3"));
});

test("what is left names no user and no token, and only the old refresh token reads it", async (t) => {
  const { local, tabs: [one, two] } = duplicated(t);
  one.session.setItem(key, record("refresh-zero"));
  two.session.setItem(key, record("refresh-zero"));
  await one.refresh("refresh-one");

  // No base64 has a hyphen in it.
  const text = JSON.stringify(local);
  for (const secret of ["alice", "refresh-", "access-"]) assert.ok(!text.includes(secret), secret);
  assert.equal(await two.read(), record("refresh-one"));
  two.session.setItem(key, record("another"));
  assert.equal(await two.read(), record("another"));
});

test("nothing is left where the refresh token stays, or somebody else signs in", async (t) => {
  const { local, tabs: [one] } = duplicated(t);

  await one.refresh("r0", { accessToken: "new" });
  await one.refresh("r1", { epoch: "e2" });

  assert.deepEqual(left(local), []);
});

test("no more than eight are left, and the newest stay", async (t) => {
  const { local, tabs: [one, two] } = duplicated(t);
  t.mock.timers.enable({ apis: ["Date"], now: 1_000 });
  for (let count = 1; count <= 20; count += 1) {
    t.mock.timers.setTime(1_000 * count);
    await one.refresh(`r${count}`);
  }

  assert.equal(left(local).length, 8);
  two.session.setItem(key, record("r12"));
  assert.equal(await two.read(), record("r20"));
});

test("what is torn or forged, and a page without Web Crypto, leave the tab's own session as it is", async (t) => {
  const { local, tabs: [one, two] } = duplicated(t);
  await one.refresh("r1");
  const [name] = left(local);
  const good = local[name];
  for (const bad of ["", "1.", "1.AAAA", good.slice(0, -8), good.replace(/.{4}$/, "AAA=")]) {
    local[name] = bad;
    assert.equal(await two.read(), record("r0"), bad);
  }

  local[name] = good;
  setGlobal(t, "crypto", undefined);
  assert.equal(await two.read(), record("r0"));
  assert.equal(await one.refresh("r2"), true);
});

test("a server that never answers with the part for duplicated tabs holds up no read and no write for long", async (t) => {
  const hang = (folder) => writeFileSync(join(folder, "effects/successor.js"), "await new Promise(() => {});\n");
  const part = copyPackage(t, hang);
  const [storage, { createHost: hostOf }] = [await part("effects/storage.js"), await part("effects/host.js")];
  setGlobal(t, "localStorage", new FakeStorage({ [`${key}.next.x`]: "1.y" }));
  setGlobal(t, "sessionStorage", new FakeStorage({ [key]: record("r0") }));
  const host = hostOf({ clientId: "client1" });
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());

  const reading = storage.read(host, { items: [["session", key]] });
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(30_000);
  assert.deepEqual(await reading, [record("r0")]);

  // Its caller has the new tokens already.
  const writing = storage.write(host, { store: "session", expected: [[key, record("r0")]], changes: [[key, record("r1")]] });
  await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(3_000);
  assert.equal(await writing, true);
  assert.equal(sessionStorage.getItem(key), record("r1"));
});

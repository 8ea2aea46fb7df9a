// Stores where the browser keeps nothing, and cookies of an earlier release; addresses that may see a token.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { pageAt, store } from "./page.mjs";

const { cookieStorage } = await import("../../dist/storage/cookies.js");
const { encryptedStorage } = await import("../../dist/storage/encrypted.js");
const { createHost } = await import("../../dist/effects/host.js");
const { createAuthFetch } = await import("../../dist/http/fetch.js");
const { createSigner } = await import("../../dist/http/signed-fetch.js");

/** A cookie jar of one host: host-only cookies and those of a domain, or of another path, are different ones. */
function jar(host) {
  const held = new Map();
  return {
    held,
    get cookie() { return [...held.values()].map(({ name, value }) => `${name}=${value}`).join("; "); },
    set cookie(text) {
      const [pair, ...rest] = text.split("; ");
      const domain = rest.find((part) => part.startsWith("domain="))?.slice(7) ?? "";
      if (domain && host !== domain && !host.endsWith(`.${domain}`)) return;
      const name = pair.slice(0, pair.indexOf("="));
      const place = `${name} ${domain} ${rest.find((part) => part.startsWith("path="))}`;
      if (rest.includes("max-age=-1")) held.delete(place);
      else held.set(place, { name, value: pair.slice(name.length + 1) });
    },
  };
}

afterEach(() => { for (const name of ["document", "indexedDB", "sessionStorage"]) delete globalThis[name]; });

for (const [words, before, after] of [
  ["host to domain", {}, { domain: "app.example" }],
  ["domain to host", { domain: "app.example" }, {}],
  ["all paths to one", {}, { path: "/shop" }],
  ["one path to all", { path: "/shop/" }, {}],
  ["both", { domain: "app.example", path: "/shop/cart" }, { path: "/shop" }],
]) {
  for (const size of [10, 9_000]) {
    test(`cookies of an earlier domain or path are found and removed: ${words}, ${size} bytes`, () => {
      pageAt("https://a.app.example/shop/cart/1");
      globalThis.document = jar("a.app.example");
      cookieStorage(before).setItem("k", "o".repeat(size));
      const now = cookieStorage(after);
      assert.equal(now.getItem("k"), "o".repeat(size));
      now.setItem("k", "new");
      assert.equal(now.getItem("k"), "new");
      assert.equal(document.held.size, 1);
      now.removeItem("k");
      assert.equal(document.held.size, 0);
    });
  }
}

test("cookies without a document: nothing is kept, and storing says so", () => {
  assert.equal(cookieStorage().getItem("k"), null);
  cookieStorage().removeItem("k");
  assert.throws(() => cookieStorage().setItem("k", "v"), { name: "AuthError", code: "storage" });
});

test("cookies in a frame that may have none: nothing raw comes out", () => {
  pageAt("https://a.app.example/");
  const no = () => { throw new DOMException("sandboxed", "SecurityError"); };
  globalThis.document = { get cookie() { return no(); }, set cookie(_) { no(); } };
  assert.equal(cookieStorage().getItem("k"), null);
  assert.throws(() => cookieStorage().setItem("k", "v"), { name: "AuthError", code: "storage" });
});

const request = (more) => { const made = { ...more }; setTimeout(() => (made.error ? made.onerror() : made.onsuccess?.())); return made; };
const broken = {
  "no IndexedDB": undefined,
  "an IndexedDB that cannot be opened": { open: () => request({ error: new Error("x") }) },
  "an IndexedDB that never answers": { open: () => ({}) },
};
for (const [words, given] of Object.entries(broken)) {
  test(`encryption falls back to memory with ${words}, and says so once`, async () => {
    pageAt("https://app.example/");
    if (given) globalThis.indexedDB = given;
    const told = [];
    const kept = encryptedStorage(undefined, { onMemory: (cause) => told.push(cause) });
    await kept.setItem("k", "secret");
    assert.equal(await kept.getItem("k"), "secret");
    assert.deepEqual(localStorage.keys(), []);
    assert.equal(told.length, 1);
    await kept.removeItem("k");
    assert.equal(await kept.getItem("k"), null);
  });
}

test("encryption without a store falls back to memory", async () => {
  Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("sandboxed", "SecurityError"); }, configurable: true });
  const kept = encryptedStorage();
  await kept.setItem("k", "secret");
  assert.equal(await kept.getItem("k"), "secret");
});

async function keyring() {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const keys = { get: () => request({ result: key }) };
  globalThis.indexedDB = { open: () => request({ result: { transaction: () => ({ objectStore: () => keys }), close() {} } }) };
}

test("encryption over another store puts nothing readable there", async () => {
  pageAt("https://app.example/");
  await keyring();
  const tab = store();
  const kept = encryptedStorage().over(tab);
  await kept.setItem("k", "secret");
  assert.equal(await kept.getItem("k"), "secret");
  assert.ok(!atob(tab.getItem("k")).includes("secret"));
});

test("an application that encrypts does so in the tab's store, too, whatever the persistence", async () => {
  pageAt("https://app.example/");
  await keyring();
  const raw = (globalThis.sessionStorage = store());
  const { tab } = createHost({ storage: encryptedStorage() });
  const host = createHost({ storage: encryptedStorage() });
  await host.tab.setItem("lifeguard.one.session", "secret");
  assert.equal(host.tab, host.tab);
  assert.equal(await host.tab.getItem("lifeguard.one.session"), "secret");
  // Another page of the tab has the same key.
  assert.equal(await tab.getItem("lifeguard.one.session"), "secret");
  assert.ok(!atob(raw.getItem("lifeguard.one.session")).includes("secret"));
  await host.tab.removeItem("lifeguard.one.session");
  assert.deepEqual(raw.keys(), []);
});

test("what another library left in the tab's store is read and removed, and nothing is written there for it", async () => {
  pageAt("https://app.example/");
  await keyring();
  const raw = (globalThis.sessionStorage = store());
  const key = "CognitoIdentityServiceProvider.one.LastAuthUser";
  raw.setItem(key, "alice");
  const { tab } = createHost({ storage: encryptedStorage() });
  assert.equal(tab.getItem(key), "alice");
  await tab.removeItem(key);
  await tab.setItem(key, "bob");
  assert.deepEqual(raw.keys(), []);
});

test("without a tab's store what is encrypted stays in memory", async () => {
  pageAt("https://app.example/");
  await keyring();
  Object.defineProperty(globalThis, "sessionStorage", { get() { throw new DOMException("sandboxed", "SecurityError"); }, configurable: true });
  const { tab } = createHost({ storage: encryptedStorage() });
  await tab.setItem("k", "secret");
  assert.equal(await tab.getItem("k"), "secret");
});

for (const allow of [undefined, "https://api.example", ["/api"], ["http://api.example"], [undefined]]) {
  test(`a wrong list of addresses is misuse: ${JSON.stringify(allow)}`, () => {
    assert.throws(() => createAuthFetch({ allow }, async () => null), { name: "AuthError", code: "misuse" });
    assert.throws(() => createSigner([{ allow }], async () => ({})), { name: "AuthError", code: "misuse" });
  });
}

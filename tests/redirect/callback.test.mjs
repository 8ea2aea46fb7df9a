// Which responses are taken, what stays of the address, and that each is used once.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { locks, pageAt } from "./page.mjs";

const { takeOnce, untilTaken } = await import("../../dist/redirect/callback.js");
const { FLOW, spend: spendArrival, takeRecord } = await import("../../dist/redirect/record.js");
const { loadTools } = await import("../../dist/redirect/tools.js");
await loadTools();
/** Another page's module: it has not looked yet. */
let pages = 0;
const newPage = () => import(`../../dist/redirect/callback.js?${(pages += 1)}`);
const options = { clientId: "one", oauth: { redirectUris: ["https://app.example/cb"] } };
const record = JSON.stringify({ client: "one" });
const spend = (arrival) => spendArrival(arrival, async (held) => ({ held: held ?? null }));

beforeEach(() => {
  Object.defineProperty(globalThis, "navigator", { value: { locks: locks() }, configurable: true });
});

for (const query of ["?code=ac_1&state=shop%3A42", "?error=access_denied&state=shop%3A42", "?code=PROMO10", "?code=a&state="]) {
  test(`a response of somebody else gives null and stays in the address: ${query}`, async () => {
    const { place } = pageAt(`https://app.example/cb${query}`);
    assert.equal(await takeOnce(options, () => assert.fail("taken")), null);
    assert.equal(place.href, `https://app.example/cb${query}`);
    assert.equal(history.given, undefined);
  });
}

test("one of ours without its record is handed on without one", async () => {
  pageAt("https://app.example/cb?code=a&state=lg.x");
  assert.deepEqual(await takeOnce(options, spend), { held: null });
  assert.equal(location.search, "");
});

test("one of ours for another app client is left to that one", async () => {
  const { place } = pageAt("https://app.example/cb?code=a&state=lg.x");
  localStorage.setItem(`${FLOW}lg.x`, JSON.stringify({ client: "two" }));
  assert.equal(await takeOnce(options, spend), null);
  assert.equal(place.search, "?code=a&state=lg.x");
});

for (const rest of ["q=a%20b+c", "n=%E9%zz", "list[]=1&list[]=%7c", "x=&y", "a='b'&c=%2F//?", "q=1&&r", "?code=mine"]) {
  test(`the rest of the address stays byte for byte, hash and history state too: ${rest}`, async () => {
    const { place } = pageAt(`https://app.example/cb?${rest}&code=a&state=lg.x#/r?code=%20mine`);
    localStorage.setItem(`${FLOW}lg.x`, record);
    await takeOnce(options, spend);
    const kept = new URL(`https://app.example/cb?${rest}#/r?code=%20mine`).href;
    assert.deepEqual([history.given, place.href, history.state], [kept, kept, { mine: 1 }]);
  });
}

test("a response whose names are encoded leaves the address, too", async () => {
  const { place } = pageAt("https://app.example/cb?%63ode=a&q=1&st%61te=lg.x");
  await takeOnce(options, spend);
  assert.equal(place.search, "?q=1");
});

test("what finishes a response did not load: address and record are untouched, and a later call tries again", async () => {
  const { place } = pageAt("https://app.example/cb?code=a&state=lg.x");
  localStorage.setItem(`${FLOW}lg.x`, record);
  await assert.rejects(takeOnce(options, async () => { throw new Error("gone"); }), /gone/);
  assert.equal(place.search, "?code=a&state=lg.x");
  assert.equal(localStorage.getItem(`${FLOW}lg.x`), record);
  assert.deepEqual(await takeOnce(options, spend), { held: record });
});

test("callers at the same time share one answer, later ones get null", async () => {
  pageAt("https://app.example/cb?code=a&state=lg.x");
  localStorage.setItem(`${FLOW}lg.x`, record);
  const both = await Promise.all([takeOnce(options, spend), takeOnce(options, spend)]);
  assert.deepEqual(both, [{ held: record }, { held: record }]);
  assert.equal(await takeOnce(options, spend), null);
});

test("an error is told once, too", async () => {
  pageAt("https://app.example/cb?error=access_denied&state=lg.x");
  const refuse = (arrival) => spendArrival(arrival, async () => { throw new Error("no"); });
  await assert.rejects(takeOnce(options, refuse), /no/);
  assert.equal(await takeOnce(options, refuse), null);
});

test("an application that went on while the rest loaded keeps its address", async () => {
  const { go, place } = pageAt("https://app.example/cb?code=a&state=lg.x");
  localStorage.setItem(`${FLOW}lg.x`, record);
  const got = await takeOnce(options, async (arrival) => { go("https://app.example/orders?code=7"); return spend(arrival); });
  assert.deepEqual(got, { held: record });
  assert.equal(place.search, "?code=7");
});

test("who asks for the session waits until the response is finished, whatever comes of it", async () => {
  for (const outcome of ["resolve", "reject"]) {
    pageAt("https://app.example/cb?code=a&state=lg.x");
    let finished;
    const taken = takeOnce(options, () => new Promise((resolve, reject) => { finished = { resolve, reject }; }));
    taken.catch(() => {});
    let isOver = false;
    const waiting = untilTaken(options).then(() => { isOver = true; });
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(isOver, false);
    finished[outcome]({});
    await waiting;
  }
});

test("who asks just before handleRedirect waits, too", async () => {
  const { takeOnce, untilTaken } = await newPage();
  pageAt("https://app.example/cb?code=a&state=lg.x");
  let isTaken = false;
  const waiting = untilTaken(options).then(() => isTaken);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await takeOnce(options, async () => { await new Promise((resolve) => setTimeout(resolve, 60)); isTaken = true; });
  assert.equal(await waiting, true);
});

test("a response that nobody takes holds the session up for the page's first second, and no longer", async () => {
  const { untilTaken } = await newPage();
  pageAt("https://app.example/cb?code=a&state=lg.x");
  const since = performance.now();
  await untilTaken(options);
  const first = performance.now() - since;
  assert.ok(first > 900 && first < 5_000, String(first));
  const again = performance.now();
  await untilTaken(options);
  assert.ok(performance.now() - again < 50);
});

test("nobody waits without a response of this app client, nor after an abort", async () => {
  const waits = async (href, given = options, signal) => {
    const { untilTaken } = await newPage();
    pageAt(href);
    const since = performance.now();
    await untilTaken(given, signal);
    return performance.now() - since > 500;
  };
  assert.equal(await waits("https://app.example/cb"), false);
  assert.equal(await waits("https://app.example/cb?code=a&state=shop"), false);
  assert.equal(await waits("https://app.example/other?code=a&state=lg.o"), false);
  assert.equal(await waits("https://app.example/cb?code=a&state=lg.n", { clientId: "one" }), false);
  assert.equal(await waits("https://app.example/cb?code=a&state=lg.s", options, AbortSignal.timeout(20)), false);
});

/** Two tabs whose view of the store is their own for a moment, as between processes. */
async function twice() {
  let removed = false;
  globalThis.localStorage = {
    ...globalThis.localStorage,
    getItem: (key) => (key === "k" ? (removed ? null : record) : leases.get(key) ?? null),
    setItem: (key, value) => void leases.set(key, value),
    removeItem: (key) => { if (key === "k") setTimeout(() => { removed = true; }, 30); else leases.delete(key); },
  };
  const leases = new Map();
  const use = async (held) => { await new Promise((resolve) => setTimeout(resolve, 60)); return held ?? null; };
  return Promise.all([takeRecord("k", use), takeRecord("k", use)]);
}

test("a record that two tabs ask for at once is one tab's", async () => {
  pageAt("https://app.example/");
  assert.deepEqual((await twice()).sort(), [null, record].sort());
});

for (const [words, given] of [["no locks", undefined], ["locks that refuse", { request: async () => { throw new DOMException("no", "SecurityError"); } }]]) {
  test(`so it is with ${words}`, async () => {
    pageAt("https://app.example/");
    Object.defineProperty(globalThis, "navigator", { value: { locks: given }, configurable: true });
    assert.deepEqual((await twice()).sort(), [null, record].sort());
  });
}

test("locks that never answer keep nobody out", async () => {
  pageAt("https://app.example/");
  localStorage.setItem("k", record);
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request: () => new Promise(() => {}) } }, configurable: true });
  assert.equal(await takeRecord("k", async (held) => held), record);
});

// A page that goes to the domain: when its promise settles, and what other pages of the browser do meanwhile.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { pageAt, store } from "./page.mjs";

const { signIn, signOut } = await import("../../dist/redirect/flow.js");
const { loadTools } = await import("../../dist/redirect/tools.js");
await loadTools();
const { isSigningOut, noteAttempt, noteSignOut } = await import("../../dist/redirect/marks.js");
const { createRedirects } = await import("../../dist/redirect/redirect.js");

const options = { clientId: "one", oauth: { domain: "login.example", redirectUris: ["https://app.example/"] } };
const begun = { url: "https://login.example/oauth2/authorize?x", state: "lg.x", record: "{}", gone: [], lifetimeMs: 600_000 };
let calls;
let place;
let window;
const signedOut = { cleared: true, revoked: true };
/** What the domain answers to a page that asks; by default at once. */
let domain;
let asked;
const context = () => ({
  options,
  inTime: (part) => part,
  host: {},
  outside: (work) => work(),
  auth: { signOut: async () => signedOut },
  async call(operation, input) {
    calls.push({ operation, ...input });
    return operation === "signOutUrl" ? "https://login.example/logout" : begun;
  },
});

/** What has come of a call so far. */
function follow(promise) {
  const seen = { is: "pending" };
  promise.then((value) => { seen.is = value; }, ({ code }) => { seen.is = code; });
  return seen;
}
const turn = async () => { for (let count = 0; count < 20; count += 1) await Promise.resolve(); };
const tick = async (ms) => { mock.timers.tick(ms); await turn(); };
const happen = (type, more = {}, target = window) => target.dispatchEvent(Object.assign(new Event(type), more));

beforeEach(() => {
  ({ place } = pageAt("https://app.example/"));
  place.assign = (url) => { place.left = url; };
  calls = [];
  window = new EventTarget();
  globalThis.addEventListener = window.addEventListener.bind(window);
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  globalThis.sessionStorage = store();
  asked = [];
  domain = async () => new Response();
  mock.method(globalThis, "fetch", (url, init) => (asked.push({ url, ...init }), domain(init)));
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_780_000_000_000 });
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
  for (const name of ["addEventListener", "document", "sessionStorage"]) delete globalThis[name];
});

/** The ways to be back at a page that was left. */
const returns = {
  "out of the browser's cache": [() => happen("pageshow", { persisted: true }), 0],
  "with focus, as after an application of the device": [() => happen("focus"), 2_000],
  "by showing the tab": [() => happen("visibilitychange", {}, document), 2_000],
  "by a pageshow without a cache": [() => happen("pageshow", { persisted: false }), 2_000],
};

for (const [words, [back, ms]] of Object.entries(returns)) {
  test(`a sign-in whose page is used again is cancelled: ${words}`, async () => {
    const seen = follow(signIn(context()));
    await turn();
    assert.equal(place.left, begun.url);
    back();
    await turn();
    await tick(ms);
    assert.equal(seen.is, "redirectCancelled");
  });

  test(`a sign-out whose page is used again resolves: ${words}`, async () => {
    const seen = follow(signOut(context()));
    await turn();
    assert.equal(place.left, "https://login.example/logout");
    back();
    await turn();
    await tick(ms);
    assert.equal(seen.is, signedOut);
  });
}

test("a page that leaves after all, or whose tab is hidden again, settles nothing", async () => {
  const seen = follow(signIn(context()));
  await turn();
  happen("focus");
  await turn();
  await tick(1_000);
  happen("pagehide");
  await tick(5_000);
  assert.equal(seen.is, "pending");
  happen("focus");
  document.visibilityState = "hidden";
  happen("visibilitychange", {}, document);
  await tick(5_000);
  assert.equal(seen.is, "pending");
  await tick(600_000);
  assert.equal(seen.is, "redirectExpired");
});

test("a page that gets the focus back while the domain takes six seconds to answer goes on leaving", async () => {
  let answer;
  domain = () => new Promise((resolve) => { answer = () => resolve(new Response()); });
  const seen = follow(signIn(context()));
  await turn();
  await tick(1_000);
  happen("focus");
  happen("visibilitychange", {}, document);
  await tick(5_500);
  assert.equal(seen.is, "pending");
  assert.deepEqual(asked.map(({ url, credentials, mode }) => [url, credentials, mode]), [[begun.url, "omit", "no-cors"]]);

  // It is answered, and the page still here: what took over was an application of the device.
  answer();
  await turn();
  await tick(1_900);
  assert.equal(seen.is, "pending");
  await tick(100);
  assert.equal(seen.is, "redirectCancelled");
});

test("a browser that refuses all requests while it is about to leave is asked again until it is not any more", async () => {
  domain = () => Promise.reject(new TypeError("Load failed"));
  const seen = follow(signIn(context()));
  await turn();
  happen("focus");
  await turn();
  for (let step = 0; step < 14; step += 1) await tick(500);
  assert.equal(seen.is, "pending");

  domain = async () => new Response();
  await tick(500);
  await tick(2_000);
  assert.equal(seen.is, "redirectCancelled");
});

test("a domain that may not be asked, or never answers, keeps nobody: the page counts as used after its time", async () => {
  domain = () => Promise.reject(new TypeError("Failed to fetch"));
  const refused = follow(signIn(context()));
  await turn();
  happen("focus");
  await turn();
  for (let step = 0; step < 20; step += 1) await tick(500);
  assert.equal(refused.is, "pending");
  await tick(2_000);
  assert.equal(refused.is, "redirectCancelled");

  domain = ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const silent = follow(signIn(context()));
  await turn();
  happen("focus");
  await turn();
  await tick(60_000);
  await tick(500);
  await tick(2_000);
  assert.equal(silent.is, "redirectCancelled");
});

test("a page that may not be left says so", async () => {
  place.assign = () => { throw new DOMException("sandboxed", "SecurityError"); };
  await assert.rejects(signIn(context()), { name: "AuthError", code: "misuse" });
});

const silently = async () => (await createRedirects(context())).silentSignIn({});

test("a silent sign-in leaves the page once: at the next start, whatever came of it, the error is loginRequired", async () => {
  follow(silently());
  await turn();
  assert.equal(place.left, begun.url);
  assert.equal(calls[0].prompt, "none");
  for (const ms of [0, 1_000, 58_000]) {
    place.left = undefined;
    await tick(ms);
    await assert.rejects(silently(), { name: "AuthError", code: "loginRequired" });
    assert.equal(place.left, undefined);
  }
  await tick(1_000);
  follow(silently());
  await turn();
  assert.equal(place.left, begun.url);
});

test("a silent sign-in whose attempts cannot be counted does not leave the page", async () => {
  for (const broken of [undefined, { ...store(), setItem() { throw new DOMException("full", "QuotaExceededError"); } }]) {
    globalThis.sessionStorage = broken;
    await assert.rejects(silently(), { name: "AuthError", code: "storage" });
    assert.equal(place.left, undefined);
  }
});

test("a clock that was set back does not keep a tab from asking for longer than a minute", () => {
  noteAttempt("one");
  mock.timers.setTime(1_780_000_000_000 - 3_600_000);
  assert.doesNotThrow(() => noteAttempt("one"));
});

test("while a tab signs out at the domain no other tab signs in again without a question", async () => {
  follow(signOut(context()));
  await turn();
  calls = [];
  follow(signIn(context()));
  follow(signIn(context(), { prompt: "select_account" }));
  await turn();
  assert.deepEqual(calls.map(({ prompt }) => prompt), ["login", "select_account"]);
  await assert.rejects(silently(), { code: "loginRequired" });

  await tick(10_000);
  calls = [];
  follow(signIn(context()));
  await turn();
  assert.equal(calls[0].prompt, undefined);
  assert.deepEqual(localStorage.keys(), ["lifeguard.flow.lg.x"]);
});

test("the tab that signed out is free to sign in once it is back, and so are all others then", async () => {
  noteSignOut("two");
  // Another page of the same tab: its module remembers nothing, its stores all.
  const later = await import("../../dist/redirect/marks.js?later");
  assert.equal(isSigningOut("two"), true);
  const mine = sessionStorage;
  globalThis.sessionStorage = store();
  assert.equal(later.isSigningOut("two"), true);
  globalThis.sessionStorage = mine;
  assert.equal(later.isSigningOut("two"), false);
  assert.equal(isSigningOut("two"), false);
});

test("a sign-out that was not gone through with asks nothing of the next sign-in", async () => {
  follow(signOut(context()));
  await turn();
  happen("pageshow", { persisted: true });
  await turn();
  calls = [];
  follow(signIn(context()));
  await turn();
  assert.equal(calls[0].prompt, undefined);
});

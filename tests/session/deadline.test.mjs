// Parts of the package whose server takes the request and never answers: calls end in time, or when they are aborted.
import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { copyPackage, setGlobal } from "../effects/lib.mjs";

const good = { userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789", storage: "memory" };
const oauth = { domain: "https://login.example", redirectUris: ["https://app.example/"] };
const api = "https://api.example/x";
const options = { ...good, oauth, fetch: { allow: [api] }, signedFetch: { allow: [api] } };

/** A part that hangs, and a call that needs it, with what it is given besides a signal. */
const parts = [
  ["core/core.js", "signIn", (auth, more) => auth.signIn({ username: "alice", password: "p", ...more })],
  ["core/core.js", "attributes.get", (auth, more) => auth.attributes.get(more)],
  ["sign-in/sign-in.js", "signIn", (auth, more) => auth.signIn({ username: "alice", password: "p", ...more })],
  ["sign-in/sign-in.js", "answerChallenge", (auth, more) => auth.answerChallenge({ id: "x" }, { code: "1", ...more })],
  ["session/live-session.js", "session", (auth, more) => auth.session({ forceRefresh: true, ...more })],
  ["session/live-session.js", "getAccessToken", (auth, more) => auth.getAccessToken({ forceRefresh: true, ...more })],
  ["session/idle-timeout.js", "session with a timeout", (auth, more) => auth.session(more), { sessionTimeout: { idleSeconds: 900 } }],
  ["redirect/redirect.js", "signInWithRedirect", (auth, more) => auth.signInWithRedirect(more)],
  ["core/core.js", "signOutWithRedirect", (auth, more) => auth.signOutWithRedirect(more)],
  ["redirect/redirect.js", "signInWithPopup", (auth, more) => auth.signInWithPopup(more)],
  ["redirect/popup.js", "signInWithPopup", (auth, more) => auth.signInWithPopup(more)],
  ["account/account.js", "changePassword", (auth, more) => auth.changePassword({ previousPassword: "a", newPassword: "b", ...more })],
  ["http/aws.js", "credentials", (auth, more) => auth.credentials(more)],
];

/** A package in which a part hangs until `arrive` is called. */
function hanging(t, path) {
  const gate = { isAsked: false };
  const opened = new Promise((resolve) => { gate.arrive = resolve; });
  const name = `gate ${path} ${Math.random()}`;
  globalThis[name] = () => { gate.isAsked = true; return opened; };
  t.after(() => delete globalThis[name]);
  const part = copyPackage(t, (folder) => {
    renameSync(join(folder, path), join(folder, `${path}.real.js`));
    writeFileSync(join(folder, path), `await globalThis[${JSON.stringify(name)}]();\nexport * from "./${basename(path)}.real.js";\n`);
  });
  return { part, gate };
}

async function until(holds) {
  const since = performance.now();
  while (!holds() && performance.now() - since < 20_000) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(holds(), "it does not come");
}

/** How a call ended, once it has; `null` before. */
function follow(promise) {
  const seen = { end: null };
  promise.then((value) => { seen.end = { value }; }, (error) => { seen.end = error; });
  return seen;
}

/** Timers of this test alone: what the test before it left behind clears none of them, as with those of `node:test`. */
function ownTimers(t) {
  const timers = new Set();
  let now = 0;
  setGlobal(t, "setTimeout", (run, ms = 0, ...more) => {
    const timer = { run: () => run(...more), at: now + ms };
    timers.add(timer);
    return timer;
  });
  setGlobal(t, "clearTimeout", (timer) => void timers.delete(timer));
  return function pass(ms) {
    now += ms;
    for (const timer of timers) if (timer.at <= now && timers.delete(timer)) timer.run();
  };
}

function aPage(t) {
  const pass = ownTimers(t);
  // No file, no service: the core comes as text.
  setGlobal(t, "fetch", async () => new Response("", { status: 404 }));
  const popup = { closed: false, close() { popup.closed = true; }, location: {} };
  setGlobal(t, "open", () => popup);
  return { pass, popup };
}

for (const [path, what, call, more] of parts) {
  test(`${what} ends where ${path} hangs: in time, at once by an abort, and a later call goes on`, async (t) => {
    const { pass, popup } = aPage(t);
    const { part, gate } = hanging(t, path);
    const { AuthError, createAuth } = await part("index.js");
    const auth = createAuth({ ...options, ...more });
    const isPopup = what === "signInWithPopup";

    const first = follow(call(auth));
    await until(() => gate.isAsked);
    pass(29_000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(first.end, null);
    pass(1_000);
    await until(() => first.end);
    assert.ok(first.end instanceof AuthError, String(first.end));
    assert.deepEqual([first.end.code, first.end.retryable, first.end.detail], ["wasmUnavailable", true, "the server did not answer in time"]);
    if (isPopup) assert.equal(popup.closed, true);

    popup.closed = false;
    const ends = new AbortController();
    const second = follow(call(auth, { signal: ends.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    ends.abort();
    await until(() => second.end);
    assert.deepEqual([second.end instanceof AuthError, second.end.code], [true, "aborted"]);
    if (isPopup) await until(() => popup.closed);

    const third = follow(call(auth));
    gate.arrive();
    await until(() => {
      // The waits of what comes then, such as those between requests that fail.
      pass(1);
      return third.end;
    });
    assert.ok(!["wasmUnavailable", "aborted"].includes(third.end.code), String(third.end));
    auth.dispose();
  });
}

for (const name of ["fetch", "signedFetch"]) {
  test(`${name} ends as the browser's own does where its part hangs: an abort rejects with its reason`, async (t) => {
    const { pass } = aPage(t);
    const { part, gate } = hanging(t, name === "fetch" ? "http/fetch.js" : "http/aws.js");
    const { createAuth } = await part("index.js");
    const auth = createAuth(options);

    for (const given of ["init", "request"]) {
      const ends = new AbortController();
      const { signal } = ends;
      const call = follow(given === "init" ? auth[name](api, { signal }) : auth[name](new Request(api, { signal })));
      await until(() => gate.isAsked);
      ends.abort();
      await until(() => call.end);
      assert.equal(call.end.name, "AbortError");
    }

    const late = follow(auth[name](api));
    await new Promise((resolve) => setImmediate(resolve));
    pass(30_000);
    await until(() => late.end);
    assert.deepEqual([late.end.code, late.end.retryable], ["wasmUnavailable", true]);
    gate.arrive();
  });
}

test("an administrator's call ends in time, or by an abort, where the core hangs", async (t) => {
  const { pass } = aPage(t);
  const { part, gate } = hanging(t, "core/core.js");
  const { createAdmin } = await part("account/admin.js");
  const admin = createAdmin({ userPoolId: good.userPoolId, credentials: { accessKeyId: "a", secretAccessKey: "s" } });

  const first = follow(admin.adminGetUser({ username: "alice" }));
  await until(() => gate.isAsked);
  pass(30_000);
  await until(() => first.end);
  assert.deepEqual([first.end.code, first.end.retryable], ["wasmUnavailable", true]);

  const ends = new AbortController();
  const second = follow(admin.adminGetUser({ username: "alice", signal: ends.signal }));
  ends.abort();
  await until(() => second.end);
  assert.equal(second.end.code, "aborted");
  gate.arrive();
});

test("a call that was aborted before loads nothing, and an abort leaves no listener", async (t) => {
  aPage(t);
  const { part, gate } = hanging(t, "core/core.js");
  const { createAuth } = await part("index.js");
  const auth = createAuth(options);

  for (const call of [(signal) => auth.session({ forceRefresh: true, signal }), (signal) => auth.mfa.preference({ signal }), (signal) => auth.signOut({ signal })])
    await assert.rejects(call(AbortSignal.abort()), { name: "AuthError", code: "aborted" });
  assert.equal(gate.isAsked, false);

  const { signal } = new AbortController();
  const counts = { added: 0, removed: 0 };
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...all) => (counts.added++, add(...all));
  signal.removeEventListener = (...all) => (counts.removed++, remove(...all));
  assert.equal(await auth.session({ signal }), null);
  assert.ok(counts.added > 0);
  assert.equal(counts.removed, counts.added);
  gate.arrive();
});

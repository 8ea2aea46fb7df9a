// The session's reading side as a table: every kind of state meets every kind of event.
import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, RETRY_MS, reduce, SHORTEST_MS } from "../../dist/session/reducer.js";

const now = 1_780_000_000_000;
const hour = 3_600_000;
const user = { username: "alice", sub: "s" };
const record = (more) => ({ text: "r1", receivedAt: now, isFresh: true, dueAt: now + hour, ...more });

const states = {
  unknown: initialState,
  loading: { status: "loading", isDisposed: false },
  ok: { status: "ok", isDisposed: false, dueAt: now + hour, dueOf: now, timerAt: now + hour },
  degraded: { status: "degraded", isDisposed: false, dueAt: now + 5_000, timerAt: now + 5_000 },
  offline: { status: "offline", isDisposed: false, dueAt: now + 5_000, timerAt: now + 5_000 },
  signedOut: { status: "signedOut", isDisposed: false },
  disposed: { status: "ok", isDisposed: true },
};

const looked = (found, more) => ({ type: "looked", now, found, seen: undefined, isHeard: true, isVisible: true, ...more });
const known = (found, more) => looked(found, { seen: "r1", ...more });
const events = {
  "a first look finds a fresh session": looked(record()),
  "a first look finds an expired session": looked(record({ isFresh: false })),
  "a first look finds nobody": looked(null),
  "a first look cannot tell": looked(undefined),
  "a call finds a fresh session": known(record(), { isCall: true }),
  "a call finds an expired session": known(record({ isFresh: false }), { isCall: true }),
  "a call finds nobody": looked(null, { isCall: true }),
  "a call cannot tell": looked(undefined, { isCall: true }),
  "a hint finds what is known": known(record(), { hint: {} }),
  "a hint finds what is due": known(record({ dueAt: now - 1, receivedAt: now - 1 }), { hint: {} }),
  "a hint finds other tokens": looked(record(), { seen: "r0", hint: {} }),
  "a hint finds nobody": looked(null, { seen: "r1", hint: {} }),
  "a hint finds nobody, as before": looked(null, { seen: "", hint: {} }),
  "it is asked for": { type: "asked" },
  "signedIn is emitted": { type: "emitted", event: { type: "signedIn", user } },
  "refreshed is emitted": { type: "emitted", event: { type: "refreshed", expiresAt: 1 } },
  "userChanged is emitted": { type: "emitted", event: { type: "userChanged", user } },
  "signedOut is emitted": { type: "emitted", event: { type: "signedOut", reason: "signOut" } },
  "status ok is emitted": { type: "emitted", event: { type: "statusChanged", status: "ok" } },
  "status offline is emitted": { type: "emitted", event: { type: "statusChanged", status: "offline" } },
  "the core looked": { type: "woke", now, againMs: 60_000, renewed: true },
  "the core looked in the background": { type: "woke", now, againMs: 1_000, renewed: false },
  "the core found nothing to wait for": { type: "woke", now, renewed: true },
  "a call failed in the core": { type: "failed", now, code: "network", isLoaded: true, isCall: true },
  "a call failed without the core, offline": { type: "failed", now, code: "offline", isLoaded: false, isCall: true },
  "a look failed": { type: "failed", now, code: "internal", isLoaded: true },
  "the session timeout is known": { type: "timed", now, endsAt: now + 60_000 },
  "the timer ran out": { type: "timer" },
  "the page hints": { type: "hint", hint: { online: true } },
  "it is disposed of": { type: "disposed" },
};

/** An effect in one word, and a time as what is left until then. */
const word = (effect) => {
  switch (effect.do) {
    case "emit": return effect.event.type === "statusChanged" ? `emit ${effect.event.status}` : `emit ${effect.event.type}`;
    case "remember": return `remember ${effect.status ?? `"${effect.seen}"`}`;
    case "wake": return effect.renew ? "wake" : "wake softly";
    case "arm": return `arm ${(effect.at - now) / 1000}`;
    default: return effect.do;
  }
};

// Status afterwards, and the effects. `=`: the status stays. What is not in a row is as in `else`.
const table = {
  "a first look finds a fresh session": {
    unknown: 'ok: listen, remember "r1", remember ok, arm 3600',
    loading: 'ok: listen, remember "r1", remember ok, emit ok, arm 3600',
    ok: '=: listen, remember "r1"',
    degraded: '=: listen, remember "r1", wake softly, arm 3600',
    offline: '=: listen, remember "r1", wake softly, arm 3600',
    signedOut: 'ok: listen, remember "r1", remember ok, emit ok, arm 3600',
    disposed: '=: remember "r1"',
  },
  "a first look finds an expired session": {
    unknown: 'loading: listen, remember "r1", wake',
    disposed: '=: remember "r1"',
    else: '=: listen, remember "r1", wake',
  },
  "a first look finds nobody": {
    unknown: 'signedOut: remember signedOut, remember ""',
    loading: 'signedOut: remember signedOut, emit signedOut, remember ""',
    signedOut: '=: remember ""',
    disposed: "=: ",
    else: "=: wake",
  },
  "a first look cannot tell": { unknown: "loading: wake", disposed: "=: ", else: "=: wake" },
  "a call finds a fresh session": {
    unknown: "ok: listen, remember ok, arm 3600",
    loading: "ok: listen, remember ok, emit ok, arm 3600",
    ok: "=: listen",
    degraded: "=: listen, wake softly, arm 3600",
    offline: "=: listen, wake softly, arm 3600",
    signedOut: "ok: listen, remember ok, emit ok, arm 3600",
    disposed: "=: ",
  },
  "a call finds an expired session": { unknown: "loading: listen", disposed: "=: ", else: "=: listen" },
  "a call finds nobody": {
    unknown: 'signedOut: remember signedOut, remember ""',
    loading: 'signedOut: remember signedOut, emit signedOut, remember ""',
    signedOut: '=: remember ""',
    else: "=: ",
  },
  "a call cannot tell": { unknown: "loading: ", else: "=: " },
  "a hint finds what is known": {
    unknown: "ok: listen, remember ok, arm 3600",
    loading: "ok: listen, remember ok, emit ok, arm 3600",
    ok: "=: listen",
    degraded: "=: listen, wake softly, arm 3600",
    offline: "=: listen, wake softly, arm 3600",
    signedOut: "ok: listen, remember ok, emit ok, arm 3600",
    disposed: "=: ",
  },
  "a hint finds what is due": {
    unknown: "ok: listen, remember ok, wake",
    loading: "ok: listen, remember ok, emit ok, wake",
    signedOut: "ok: listen, remember ok, emit ok, wake",
    disposed: "=: ",
    else: "=: listen, wake",
  },
  "a hint finds other tokens": {
    ok: "=: listen, wake softly",
    disposed: "=: ",
    else: "=: listen, wake softly, arm 3600",
  },
  "a hint finds nobody": { unknown: "loading: wake", disposed: "=: ", else: "=: wake" },
  "a hint finds nobody, as before": {
    unknown: "signedOut: remember signedOut",
    loading: "signedOut: remember signedOut, emit signedOut",
    signedOut: "=: ",
    disposed: "=: ",
    else: "=: wake",
  },
  "it is asked for": { unknown: "loading: ", else: "=: " },
  "signedIn is emitted": { disposed: "=: ", else: "=: emit signedIn, listen, look" },
  "refreshed is emitted": { disposed: "=: ", else: "=: emit refreshed, listen, look" },
  "userChanged is emitted": { disposed: "=: ", else: "=: emit userChanged, listen, look" },
  "signedOut is emitted": { disposed: "=: forgetUse", else: "=: emit signedOut, disarm, forgetUse" },
  "status ok is emitted": { ok: "=: ", disposed: "=: ", else: "ok: emit ok" },
  "status offline is emitted": { offline: "=: ", disposed: "offline: ", else: "offline: emit offline" },
  "the core looked": { disposed: "=: ", else: "=: arm 60" },
  "the core looked in the background": { disposed: "=: ", else: "=: arm 30" },
  "the core found nothing to wait for": {
    ok: "=: disarm",
    degraded: "=: disarm",
    offline: "=: disarm",
    else: "=: ",
  },
  "a call failed in the core": { disposed: "=: ", else: "=: listen, wake softly" },
  "a call failed without the core, offline": {
    unknown: "offline: remember offline, listen, arm 30",
    offline: "=: listen, arm 30",
    disposed: "offline: remember offline",
    else: "offline: remember offline, emit offline, listen, arm 30",
  },
  "a look failed": { disposed: "=: ", else: "=: listen, arm 30" },
  "the session timeout is known": { degraded: "=: ", offline: "=: ", disposed: "=: ", else: "=: arm 60" },
  "the timer ran out": { disposed: "=: ", else: "=: look" },
  "the page hints": { disposed: "=: ", else: "=: look" },
  "it is disposed of": { else: "=: close" },
};

for (const [what, event] of Object.entries(events)) {
  for (const [kind, state] of Object.entries(states)) {
    test(`${kind}: ${what}`, () => {
      const before = JSON.stringify(state);

      const [next, effects] = reduce(state, event);

      const status = next.status === state.status ? "=" : next.status;
      assert.equal(`${status}: ${effects.map(word).join(", ")}`, table[what][kind] ?? table[what].else);
      assert.equal(JSON.stringify(state), before, "the state before is left as it was");
      assert.equal(next.isDisposed, state.isDisposed || event.type === "disposed");
    });
  }
}

test("a time once drawn stays until there are other tokens", () => {
  const [first] = reduce(initialState, looked(record()));

  const [second] = reduce(first, known(record({ dueAt: now + 2 * hour })));
  assert.equal(second.dueAt, now + hour);
  const [third] = reduce(second, known(record({ dueAt: now + 2 * hour, receivedAt: now + 1 })));
  assert.equal(third.dueAt, now + 2 * hour);
});

test("the earlier of refresh and session timeout sets the timer, in either order", () => {
  const timed = { type: "timed", now, endsAt: now + 60_000 };
  for (const order of [[looked(record()), timed], [timed, looked(record())]]) {
    const last = order.reduce((state, event) => reduce(state, event)[0], initialState);
    assert.equal(last.timerAt, now + 60_000);
  }
});

test("what is overdue is not put off by looking again", () => {
  const overdue = record({ dueAt: now - hour });
  const [first, effects] = reduce(initialState, looked(overdue));
  assert.equal(effects.at(-1).at, now + SHORTEST_MS);

  const [second, again] = reduce(first, { ...known(overdue), now: now + 900 });

  assert.equal(second.timerAt, now + SHORTEST_MS);
  assert.ok(!again.some(({ do: what }) => what === "arm"));
});

test("a page in the background does not look every second", () => {
  const [next] = reduce(states.ok, events["the core looked in the background"]);
  assert.equal(next.dueAt, now + RETRY_MS);
});

test("a page in the background has nothing refreshed", () => {
  const [, effects] = reduce(states.ok, { ...events["a hint finds what is due"], isVisible: false });
  assert.equal(effects.at(-1).renew, false);
});

test("after a sign-out no time is left over for the next session", () => {
  const [next] = reduce({ ...states.ok, endsAt: now + 60_000 }, events["signedOut is emitted"]);
  assert.deepEqual(next, { status: "ok", isDisposed: false });
});

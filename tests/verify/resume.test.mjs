// Half-finished sign-ins that outlive the page: what is kept of them, for how long, and what ends it.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { QUESTION } from "../../dist/errors/auth-error.js";
import { createResume } from "../../dist/sign-in/pending-store.js";
import { readSession } from "../../dist/session/stored-session.js";
import { createSignIn } from "../../dist/sign-in/sign-in.js";

const options = { userPoolId: "eu-west-1_Ab12", clientId: "client1", resumeSignIn: true };
const key = "lifeguard.client1.pending";
const VALID_MS = 180_000;

/** A tab's store. */
function makeStore() {
  const items = new Map();
  return {
    items,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => items.set(name, value),
    removeItem: (name) => items.delete(name),
  };
}

let tab;
beforeEach(() => {
  tab = globalThis.sessionStorage = makeStore();
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"], now: 1_780_000_000_000 });
});

const page = (more) => createResume({ ...options, ...more });
const handles = (more) => page(more).all().map(({ id }) => id);
const question = (id, pending = { session: "s1" }) => ({ challenge: { id, name: "SMS_MFA" }, pending, store: "local" });

test("a question outlives its page", () => {
  page().keep(question("a"));

  assert.deepEqual(page().all().map(({ until, ...kept }) => kept), [{ id: "a", store: "local", pending: { session: "s1" } }]);
});

test("the secret of a new authenticator app is not kept", () => {
  page().keep(question("a", { session: "s1", secret: "JBSWY3DP" }));

  assert.match(tab.items.get(key), /s1/);
  assert.doesNotMatch(tab.items.get(key), /JBSWY3DP|secret/);
});

test("two wait beside each other, one goes, and nothing is left of both", () => {
  page().keep(question("a"));
  page().keep(question("b"));
  assert.deepEqual(handles(), ["a", "b"]);

  page().forget("a");
  assert.deepEqual(handles(), ["b"]);

  page().forget("b");
  assert.equal(tab.items.size, 0);
});

test("a question takes the place of the one with its handle", () => {
  page().keep(question("a"));
  page().keep(question("a", { session: "s2" }));

  assert.deepEqual(page().all().map(({ pending }) => pending.session), ["s2"]);
});

test("a question is dropped when the service's session is over", () => {
  page().keep(question("a"));

  mock.timers.setTime(1_780_000_000_000 + VALID_MS - 1);
  assert.deepEqual(handles(), ["a"]);

  mock.timers.setTime(1_780_000_000_000 + VALID_MS);
  assert.deepEqual(handles(), []);
});

test("the application says how long the service's session lasts", () => {
  page({ resumeSignIn: { validSeconds: 900 } }).keep(question("a"));

  mock.timers.setTime(1_780_000_000_000 + 899_999);
  assert.deepEqual(handles({ resumeSignIn: { validSeconds: 900 } }), ["a"]);
});

test("a clock that was set back keeps no question alive", () => {
  page().keep(question("a"));

  mock.timers.setTime(1_780_000_000_000 - 3_600_000);

  assert.deepEqual(handles(), []);
});

test("a record of another pool or version and a torn one are not read", () => {
  page().keep(question("a"));
  const text = tab.items.get(key);

  for (const broken of [text.replace("eu-west-1_Ab12", "eu-west-1_Other"), text.replace('"v":1', '"v":2'), text.slice(0, text.length / 2), "[]", "null", '{"v":1,"pool":"eu-west-1_Ab12","entries":[null]}', ""]) {
    tab.items.set(key, broken);
    assert.deepEqual(handles(), [], broken);
  }
});

test("a store that refuses costs the resumption only", () => {
  for (const store of [null, { getItem: () => { throw new Error("off"); }, setItem: () => { throw new Error("full"); } }]) {
    globalThis.sessionStorage = store;

    page().keep(question("a"));
    page().forget("a");

    assert.deepEqual(handles(), []);
  }
});

test("no more are kept than anybody has", () => {
  for (let index = 0; index < 20; index += 1) page().keep(question(String(index)));

  assert.deepEqual(handles(), Array.from({ length: 16 }, (_, index) => String(index + 4)));
});

/** A page with a core that answers as it is told. `asked`: what it was asked. */
function signingIn(answers, more) {
  const asked = [];
  const call = async (operation, input) => {
    asked.push([operation, input]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, auth: createSignIn(call, { ...options, ...more }, readSession) };
}

/** A stored session, as the core hands it over. */
const record = JSON.stringify({ username: "alice", sub: "s", accessToken: `${btoa("{}")}.${btoa("{}")}.` });
const asks = (id, session) => ({ status: "challenge", ...question(id, { session }) });
const goesOn = (id) => Object.assign(new Error("over"), { [QUESTION]: question(id) });

test("without the application's wish nothing is kept", async () => {
  const { auth } = signingIn([asks("a", "s1")], { resumeSignIn: undefined });

  await auth.signIn({ username: "alice" });

  assert.equal(tab.items.size, 0);
  assert.deepEqual((await auth.pendingSignIns()).map(({ id }) => id), ["a"]);
});

test("a question of the page before is made anew by the core, and answered", async () => {
  await signingIn([asks("a", "s1")]).auth.signIn({ username: "alice" });
  const { asked, auth } = signingIn([question("a"), { status: "signedIn", record }]);

  const [challenge] = await auth.pendingSignIns();
  await auth.answerChallenge(challenge, { code: "123456" });

  assert.deepEqual(asked.map(([operation, { id, pending }]) => [operation, id, pending.session]), [["question", "a", "s1"], ["answer", "a", "s1"]]);
  assert.equal(tab.items.size, 0);
});

test("a page where nobody was signing in asks the core for nothing", async () => {
  const { asked, auth } = signingIn([]);

  assert.deepEqual(await auth.pendingSignIns(), []);
  assert.deepEqual(asked, []);
});

test("an answered question gives way to the next", async () => {
  const { auth } = signingIn([asks("a", "s1"), asks("b", "s2")]);
  const { challenge } = await auth.signIn({ username: "alice" });

  await auth.answerChallenge(challenge, { option: "SMS_MFA" });

  assert.deepEqual(handles(), ["b"]);
  assert.deepEqual((await auth.pendingSignIns()).map(({ id }) => id), ["b"]);
});

test("a refused answer leaves the question", async () => {
  const { auth } = signingIn([asks("a", "s1"), new Error("wrong code")]);
  const { challenge } = await auth.signIn({ username: "alice" });

  await assert.rejects(auth.answerChallenge(challenge, { code: "1" }), /wrong code/);

  assert.deepEqual(handles(), ["a"]);
});

test("the question from which a sign-in goes on takes the old one's place", async () => {
  for (const next of ["a", "b"]) {
    const { auth } = signingIn([asks("a", "s1"), goesOn(next)]);
    const { challenge } = await auth.signIn({ username: "alice" });

    await assert.rejects(auth.answerChallenge(challenge, { code: "1" }), /over/);

    assert.deepEqual(handles(), [next]);
    page().forget(next);
  }
});

test("a cancelled question is gone, after a reload too", async () => {
  const { auth } = signingIn([asks("a", "s1")]);
  const { challenge } = await auth.signIn({ username: "alice" });

  await auth.cancelChallenge(challenge);

  assert.deepEqual(await auth.pendingSignIns(), []);
  assert.equal(tab.items.size, 0);
});

test("what the core cannot read any more is dropped", async () => {
  page().keep(question("a"));
  const { auth } = signingIn([Object.assign(new Error("not pending"), { code: "misuse" })]);

  assert.deepEqual(await auth.pendingSignIns(), []);
  assert.equal(tab.items.size, 0);
});

test("a failure that may pass keeps what is kept", async () => {
  for (const code of ["wasmUnavailable", "internal", "aborted"]) {
    page().keep(question("a"));
    const { auth } = signingIn([Object.assign(new Error("no core"), { code })]);

    await assert.rejects(auth.pendingSignIns(), { code });
    assert.deepEqual(handles(), ["a"]);
    page().forget("a");
  }
});

test("with everyTab a question is in the store of all tabs, and one that another tab answered is not listed any more", async () => {
  const lasting = (globalThis.localStorage = makeStore());
  const more = { resumeSignIn: { everyTab: true } };
  const begun = signingIn([asks("a", "s1")], more);
  const other = signingIn([question("a"), { status: "signedIn", record }], more);

  await begun.auth.signIn({ username: "u" });
  assert.equal(tab.items.size, 0);
  assert.equal(lasting.items.size, 1);
  const [challenge] = await other.auth.pendingSignIns();
  assert.equal((await begun.auth.pendingSignIns()).length, 1);
  await other.auth.answerChallenge(challenge, { code: "1" });

  assert.deepEqual(await begun.auth.pendingSignIns(), []);
  assert.deepEqual(await other.auth.pendingSignIns(), []);
  assert.equal(lasting.items.size, 0);
  delete globalThis.localStorage;
});

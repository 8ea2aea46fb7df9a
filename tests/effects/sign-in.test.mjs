// What a page may do to the conversation of a sign-in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthError } from "../../dist/errors/auth-error.js";
import { readSession } from "../../dist/session/stored-session.js";
import { createSignIn } from "../../dist/sign-in/sign-in.js";
import { makeStore, setGlobal } from "./lib.mjs";

const options = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = (claims) => `h.${part(claims)}.s`;
const record = JSON.stringify({ v: 1, username: "u", sub: "s", accessToken: token({ "cognito:groups": ["g"] }), idToken: token({ email: "e", "cognito:groups": ["g"], lat: 52.520008 }), expiresAt: 5_000 });

test("the user of a sign-in is read from the stored record, as auth.user() reads it", async () => {
  const signIn = createSignIn(async () => ({ status: "signedIn", record, deviceConfirmation: { deviceKey: "k" } }), options, readSession);

  assert.deepEqual(await signIn.signIn({ username: "u", password: "p" }), {
    status: "signedIn",
    deviceConfirmation: { deviceKey: "k" },
    user: { username: "u", sub: "s", groups: ["g"], claims: { email: "e", "cognito:groups": ["g"], lat: 52.520008 } },
  });
});

test("arguments that are missing reject with misuse", async () => {
  const { signIn, answerChallenge, cancelChallenge } = createSignIn(assert.fail, options, readSession);

  for (const call of [signIn, answerChallenge, cancelChallenge]) await assert.rejects(call(), { name: "AuthError", code: "misuse" });
});

test("an answer may be left out", async () => {
  let got;
  const { answerChallenge } = createSignIn(async (_, input) => ((got = input), { status: "signedIn", record }), options, readSession);

  for (const answer of [undefined, null]) {
    await answerChallenge({ id: "c", name: "WEB_AUTHN" }, answer);
    assert.deepEqual(got.answer, {});
  }
});

test("a kept challenge is forgotten when it cannot be read, and stays when the core could not be had", async (t) => {
  const tab = makeStore();
  setGlobal(t, "sessionStorage", tab);
  const key = "lifeguard.client1.pending";
  const until = Date.now() + 60_000;
  const entries = [{ id: "a", until, store: "local", pending: {} }];
  const resuming = (code) => createSignIn(async () => { throw new AuthError(code); }, { ...options, resumeSignIn: true }, readSession);
  tab.setItem(key, JSON.stringify({ v: 1, pool: options.userPoolId, entries }));

  for (const code of ["wasmUnavailable", "internal", "aborted", "offline"]) {
    await assert.rejects(resuming(code).pendingSignIns(), { code });
    assert.equal(JSON.parse(tab.getItem(key)).entries.length, 1, code);
  }

  assert.deepEqual(await resuming("misuse").pendingSignIns(), []);
  assert.equal(tab.getItem(key), null);
});

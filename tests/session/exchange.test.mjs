// Calls for the user who is signed in, made while a response of the redirect flow is being finished.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuth } from "../../dist/index.js";
import { takeOnce } from "../../dist/redirect/callback.js";
import { setGlobal } from "../effects/lib.mjs";
import { pageAt } from "../redirect/page.mjs";

const api = "https://api.example/x";
const options = {
  userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789", storage: "memory",
  oauth: { domain: "https://login.example", redirectUris: ["https://app.example/cb"] },
  fetch: { allow: [api] }, signedFetch: { allow: [api], region: "eu-west-1", service: "execute-api" },
  identityPool: { identityPoolId: "eu-west-1:00000000-0000-0000-0000-000000000000" },
};
const calls = {
  "attributes.get": (auth) => auth.attributes.get(),
  "mfa.preference": (auth) => auth.mfa.preference(),
  "devices.list": (auth) => auth.devices.list(),
  "passkeys.list": (auth) => auth.passkeys.list(),
  changePassword: (auth) => auth.changePassword({ previousPassword: "a", newPassword: "b" }),
  deleteUser: (auth) => auth.deleteUser(),
  credentials: (auth) => auth.credentials(),
  fetch: (auth) => auth.fetch(api),
  signedFetch: (auth) => auth.signedFetch(api),
  presign: (auth) => auth.presign({ url: api }),
  session: (auth) => auth.session(),
};
for (const [name, call] of Object.entries(calls)) {
  test(`${name} waits for a response that is being finished`, async (t) => {
    pageAt("https://app.example/cb?code=a&state=lg.x");
    t.after(() => ["location", "history", "localStorage"].forEach((name) => delete globalThis[name]));
    setGlobal(t, "fetch", async () => new Response("{}", { status: 400 }));
    const auth = createAuth(options);
    let finish;
    const taken = takeOnce(options, () => new Promise((resolve) => { finish = resolve; }));

    let isSettled = false;
    const waiting = call(auth).then(() => {}, () => {}).then(() => { isSettled = true; });
    // Longer than a page may take to call handleRedirect, which is another reason to wait.
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    assert.equal(isSettled, false);

    finish({});
    await taken;
    await waiting;
    auth.dispose();
  });
}

test("an abort ends the wait for a response that is being finished", async (t) => {
  pageAt("https://app.example/cb?code=a&state=lg.x");
  t.after(() => ["location", "history", "localStorage"].forEach((name) => delete globalThis[name]));
  const auth = createAuth(options);
  let finish;
  const taken = takeOnce(options, () => new Promise((resolve) => { finish = resolve; }));

  await assert.rejects(auth.attributes.get({ signal: AbortSignal.timeout(20) }), { name: "AuthError", code: "aborted" });

  finish({});
  await taken;
  auth.dispose();
});

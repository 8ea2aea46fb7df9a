// What `createAuth` says at once, and what its methods do with wrong input and in a process without a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthError, createAuth } from "../../dist/index.js";

const good = { userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789" };
const wrong = {
  "nothing at all": undefined,
  "an empty object": {},
  "no pool": { ...good, userPoolId: undefined },
  "an empty pool": { ...good, userPoolId: "" },
  "a pool without a region": { ...good, userPoolId: "Ab12Cd34E" },
  "a pool of a local region without an endpoint": { ...good, userPoolId: "local_Ab12" },
  "the text undefined for a pool": { ...good, userPoolId: "undefined" },
  "no client": { ...good, clientId: undefined },
  "a client with spaces": { ...good, clientId: "abc def" },
  "a client that is no text": { ...good, clientId: 5 },
  "an endpoint without a scheme": { ...good, endpoint: "example.com" },
  "an empty endpoint": { ...good, endpoint: "" },
  "a plain endpoint elsewhere": { ...good, endpoint: "http://example.com" },
  "a plain endpoint that only begins like this machine": { ...good, endpoint: "http://localhost.example.com" },
  "an allowed address that is a path": { ...good, fetch: { allow: ["/api"] } },
  "an allowed address that is plain": { ...good, fetch: { allow: ["https://a.example", "http://b.example"] } },
};
for (const [what, options] of Object.entries(wrong)) {
  test(`createAuth rejects ${what} when it is called`, () => {
    assert.throws(() => createAuth(options), (error) => error instanceof AuthError && error.code === "misuse" && error.detail.length > 0);
  });
}

const right = {
  "a pool of the service": good,
  "a pool in China": { ...good, userPoolId: "cn-north-1_Ab12" },
  "a local pool": { ...good, userPoolId: "local_Ab12", endpoint: "http://localhost:9229" },
  "another name of this machine": { ...good, endpoint: "http://127.0.0.1:9229/pool" },
  "this machine by IPv6, as a URL": { ...good, endpoint: new URL("http://[::1]:9229") },
  "allowed addresses": { ...good, fetch: { allow: ["https://api.example.com/v1", "http://localhost:3000"] } },
};
for (const [what, options] of Object.entries(right)) {
  test(`createAuth takes ${what}`, () => assert.ok(createAuth(options).signIn));
}

test("arguments that were left out reject with misuse, and nothing throws", async () => {
  const auth = createAuth(good);
  for (const call of [() => auth.signIn(), () => auth.answerChallenge(), () => auth.cancelChallenge()]) {
    let promise;
    assert.doesNotThrow(() => {
      promise = call();
    });
    await assert.rejects(promise, { name: "AuthError", code: "misuse" });
  }
});

const states = {
  "no localStorage": undefined,
  "a localStorage without methods": { value: {}, configurable: true },
  "a localStorage that throws": {
    get() {
      throw new Error("SecurityError");
    },
    configurable: true,
  },
};
for (const [what, descriptor] of Object.entries(states)) {
  test(`in a process with ${what} nobody is signed in`, async () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
    if (descriptor) Object.defineProperty(globalThis, "localStorage", descriptor);
    else delete globalThis.localStorage;
    try {
      const auth = createAuth({ ...good, oauth: { domain: "https://a.example", redirectUris: ["https://b.example/"] } });
      assert.equal(auth.status, "signedOut");
      assert.equal(await auth.session(), null);
      assert.equal(await auth.user(), null);
      assert.equal(await auth.getAccessToken(), null);
      assert.equal(await auth.handleRedirect(), null);
    } finally {
      delete globalThis.localStorage;
      if (before) Object.defineProperty(globalThis, "localStorage", before);
    }
  });
}

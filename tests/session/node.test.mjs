// The package where there is no page: a server that renders, and Node.js with a `localStorage` of its own kind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuth } from "../../dist/index.js";

const options = { userPoolId: "eu-west-1_Ab12", clientId: "client1", oauth: { domain: "https://id.example.com", redirectUris: ["https://app.example.com/"] } };

for (const [where, descriptor] of [
  ["no localStorage", undefined],
  ["a localStorage without methods", { value: {} }],
  ["a localStorage that throws", { get() { throw new Error("SecurityError"); } }],
])
  test(`outside of a page nobody is signed in, and nothing fails: ${where}`, async (t) => {
    if (descriptor) {
      Object.defineProperty(globalThis, "localStorage", { ...descriptor, configurable: true });
      t.after(() => delete globalThis.localStorage);
    }
    const auth = createAuth(options);

    assert.equal(auth.status, "signedOut");
    assert.equal(await auth.session(), null);
    assert.equal(await auth.user(), null);
    assert.equal(await auth.getAccessToken(), null);
    assert.equal(await auth.handleRedirect(), null);
    auth.dispose();
  });

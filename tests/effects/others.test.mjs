// The effects `sleep`, `verify`, `passkeyGet`, `passkeyCreate` and the note `broadcast`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { broadcast, channelName } from "../../dist/effects/channel.js";
import { sleep } from "../../dist/effects/clock.js";
import { create, get } from "../../dist/effects/passkeys.js";
import { verify } from "../../dist/effects/signatures.js";
import { countedSignal, setGlobal } from "./lib.mjs";

test("a sleep ends in its time, or at once by an abort; no listener stays", async () => {
  const { controller, signal, count } = countedSignal();
  assert.equal(await sleep({ ms: 0 }, signal), null);

  const long = sleep({ ms: 60_000 }, signal);
  controller.abort();

  assert.deepEqual(await long, { error: "aborted" });
  assert.equal(count.removed, count.added);
  assert.deepEqual(await sleep({ ms: 60_000 }, signal), { error: "aborted" });
});

test("a broadcast reaches other objects of the channel", async () => {
  const other = new BroadcastChannel(channelName("client1"));
  const heard = new Promise((resolve) => (other.onmessage = ({ data }) => resolve(data)));

  broadcast("client1", "refreshed");

  assert.equal(await heard, "refreshed");
  other.close();
});

test("a broadcast without the API, or refused by it, is left out", (t) => {
  setGlobal(t, "BroadcastChannel", undefined);
  broadcast("client1", "refreshed");

  setGlobal(t, "BroadcastChannel", class { constructor() { throw new DOMException("opaque", "SecurityError"); } });
  broadcast("client1", "refreshed");
});

test("a signature is true, false, or a failure to fetch the keys", async (t) => {
  const input = { token: "t", keys: "https://keys.example/" };
  const asked = [];
  const host = (answer) => ({ verifySignature: async (...all) => (asked.push(all), answer()) });

  assert.equal(await verify(host(() => true), input), true);
  assert.equal(await verify(host(() => false), input), false);
  assert.deepEqual(await verify(host(() => { throw new Error("404"); }), input), { error: "network" });
  assert.deepEqual(await verify(host(() => true), input, AbortSignal.abort()), { error: "aborted" });
  assert.deepEqual(asked[0], ["t", "https://keys.example/"]);

  setGlobal(t, "navigator", { onLine: false });
  assert.deepEqual(await verify(host(() => { throw new Error("404"); }), input), { error: "offline" });
});

test("keys that never come: an abort ends the wait, and leaves no listener", async () => {
  const { controller, signal, count } = countedSignal();

  const waiting = verify({ verifySignature: () => new Promise(() => {}) }, { token: "t", keys: "k" }, signal);
  controller.abort();

  assert.deepEqual(await waiting, { error: "aborted" });
  assert.equal(count.removed, count.added);
});

const request = { request: { publicKey: { challenge: "AQI", user: { id: "Aw", name: "n" }, allowCredentials: [{ id: "BA", type: "public-key" }] }, mediation: "conditional" } };

function setPasskeys(t, ceremony) {
  setGlobal(t, "PublicKeyCredential", class {});
  setGlobal(t, "navigator", { credentials: { get: ceremony, create: ceremony } });
}

test("a browser without WebAuthn does not support passkeys", async (t) => {
  setGlobal(t, "PublicKeyCredential", undefined);

  assert.deepEqual(await get(request), { error: "notSupported" });
  assert.deepEqual(await create(request), { error: "notSupported" });
});

test("options cross as bytes, and the credential comes back in its JSON form", async (t) => {
  let given;
  setPasskeys(t, async (options) => {
    given = options;
    const bytes = (...all) => Uint8Array.from(all).buffer;
    return { id: "id1", authenticatorAttachment: null, response: { clientDataJSON: bytes(251, 255), authenticatorData: bytes(1), signature: bytes(2), userHandle: null } };
  });

  const { credential } = await get(request);

  assert.equal(given.mediation, "conditional");
  assert.deepEqual([...given.publicKey.challenge], [1, 2]);
  assert.deepEqual([...given.publicKey.allowCredentials[0].id], [4]);
  assert.deepEqual(JSON.parse(credential), {
    id: "id1", rawId: "id1", type: "public-key", clientExtensionResults: {},
    response: { clientDataJSON: "-_8", authenticatorData: "AQ", signature: "Ag" },
  });
});

for (const [name, ofGet, ofCreate] of [
  ["NotAllowedError", "cancelled", "cancelled"],
  ["InvalidStateError", "failed", "alreadyRegistered"],
  ["SecurityError", "wrongRelyingParty", "wrongRelyingParty"],
  ["TimeoutError", "timedOut", "timedOut"],
  ["NotSupportedError", "notSupported", "notSupported"],
  ["AbortError", "aborted", "aborted"],
  ["UnknownError", "failed", "failed"],
]) {
  test(`a ceremony that ends with ${name} is ${ofGet}, or ${ofCreate} for a new passkey`, async (t) => {
    setPasskeys(t, () => Promise.reject(new DOMException("why", name)));

    assert.deepEqual(await get(request), { error: ofGet });
    assert.deepEqual(await create(request), { error: ofCreate });
  });
}

test("a dialog that ended after its deadline ran out of time", async (t) => {
  setPasskeys(t, () => Promise.reject(new DOMException("why", "NotAllowedError")));
  const late = { request: { publicKey: { ...request.request.publicKey, timeout: 0 } } };

  assert.deepEqual(await get(late), { error: "timedOut" });
});

test("no credential at all is a dialog that was cancelled", async (t) => {
  setPasskeys(t, async () => null);

  assert.deepEqual(await get(request), { error: "cancelled" });
});

test("an abort with a reason of the application's is an abort", async (t) => {
  const controller = new AbortController();
  setPasskeys(t, ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))));

  const waiting = get(request, controller.signal);
  controller.abort("no error object");

  assert.deepEqual(await waiting, { error: "aborted" });
});

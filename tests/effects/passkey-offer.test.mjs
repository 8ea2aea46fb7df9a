// A passkey offered in autofill waits for as long as the page lives: what that means for the core's memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedCore, setGlobal } from "./lib.mjs";

const isWiped = ({ buffer }) => new Uint8Array(buffer).every((byte) => byte === 0);
const offer = { id: 1, kind: "passkeyGet", request: { publicKey: { challenge: "AQI" }, mediation: "conditional" } };

/** A page in which nobody takes the offer, until `take`. */
async function offeringPage(t) {
  let take;
  let hasAsked;
  const asked = new Promise((resolve) => (hasAsked = resolve));
  const get = () => new Promise((_, reject) => {
    take = () => reject(new DOMException("closed", "NotAllowedError"));
    hasAsked();
  });
  setGlobal(t, "PublicKeyCredential", class {});
  setGlobal(t, "navigator", { credentials: { get } });
  const page = await scriptedCore(t, ({ operation, transcript }) => (operation !== "signIn" || transcript.length ? { done: transcript.length } : { effect: offer }));
  const waiting = page.core.call("signIn", { username: "alice" });
  await asked;
  return { ...page, waiting, take: () => take() };
}

test("a waiting passkey offer keeps no memory from being wiped", async (t) => {
  const { core, memories } = await offeringPage(t);

  await core.call("changePassword", { previousPassword: "hunter2" });

  assert.ok(memories.length > 0);
  assert.ok(memories.every(isWiped));
});

test("nor does the memory of the core grow while it waits: no instance outlives the call that used it", async (t) => {
  const { core, memories, waiting, take } = await offeringPage(t);
  const calls = 20;

  for (let call = 0; call < calls; call += 1) await core.call("attributes");

  // The first call still had the instance that the offer began in.
  assert.equal(new Set(memories).size, calls);
  take();
  assert.equal(await waiting, 1, "the offer goes on in an instance of its own");
  assert.equal(new Set(memories).size, calls + 1);
  assert.ok(memories.every(isWiped));
});

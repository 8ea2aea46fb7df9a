// A trap of the core in a page: what the call rejects with, and what becomes of everything else.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { Lab, pools, who } from "./session-lab.mjs";

/**
 * In the page, before the core is loaded: has the shipped module trap by itself. In the next step of a refresh that has
 * come as far as the given entry, the message reaches the module with one digit of a digest changed, as if the call had
 * asked for something else before. Notes the memory of every instance, and how many messages were spoilt.
 */
function spoilRefresh(reached) {
  const { instantiate } = WebAssembly;
  Object.assign(globalThis, { memories: [], spoilt: 0, isArmed: false });
  WebAssembly.instantiate = async (...args) => {
    const { exports } = await instantiate(...args);
    globalThis.memories.push(exports.memory);
    const step = (start, length) => {
      const bytes = new Uint8Array(exports.memory.buffer, start, length);
      const message = JSON.parse(new TextDecoder().decode(bytes));
      const hasReached = message.transcript.some(([, answer]) => JSON.stringify(answer)?.includes(reached));
      if (globalThis.isArmed && message.operation === "session" && hasReached) {
        globalThis.isArmed = false;
        globalThis.spoilt += 1;
        const [entry] = message.transcript;
        // Another digit in the place of the last one: the message stays as long as it is.
        entry[0] += entry[0] % 10 === 9 ? -1 : 1;
        bytes.set(new TextEncoder().encode(JSON.stringify(message)));
      }
      return exports.step(start, length);
    };
    return { exports: { ...exports, step } };
  };
}

/** In the page: a refresh that traps while another call waits for the network, and one after it. */
async function trapAndGoOn(endpoint) {
  const isWiped = ({ buffer }) => new Uint8Array(buffer).every((byte) => byte === 0);
  /** Names of our locks that are still taken after a second: the browser hears of a release a moment later. */
  const locksLeft = async () => {
    for (let left = 20; ; left -= 1) {
      const { held, pending } = await navigator.locks.query();
      const names = [...held, ...pending].map(({ name }) => name).filter((name) => name.startsWith("lifeguard"));
      if (names.length === 0 || left === 0) return names;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  let letGo = () => {};
  const gate = new Promise((resolve) => (letGo = resolve));
  let hasAsked = () => {};
  const asked = new Promise((resolve) => (hasAsked = resolve));
  globalThis.fetch = new Proxy(globalThis.fetch, {
    async apply(target, self, args) {
      const isGetUser = String(args[0]).startsWith(endpoint) && new Headers(args[1]?.headers).get("x-amz-target")?.endsWith(".GetUser");
      if (isGetUser) {
        hasAsked();
        await gate;
      }
      return Reflect.apply(target, self, args);
    },
  });

  const other = auth.attributes.get();
  await asked;
  globalThis.isArmed = true;
  const trapped = await auth.session({ forceRefresh: true }).then(() => null, ({ name, code, cause }) => ({ name, code, isTrap: cause instanceof WebAssembly.RuntimeError }));
  const instances = globalThis.memories.length;
  const locksAfterTrap = await locksLeft();
  const isWipedAfterTrap = globalThis.memories.every(isWiped);

  const began = performance.now();
  const session = await auth.session({ forceRefresh: true });
  const tookMs = performance.now() - began;
  letGo();
  const attributes = await other;

  return {
    spoilt: globalThis.spoilt,
    trapped, locksAfterTrap, isWipedAfterTrap, tookMs,
    newInstances: globalThis.memories.length - instances,
    username: session.user.username,
    attributes: JSON.stringify(attributes),
    isWipedAtTheEnd: globalThis.memories.every(isWiped),
    locksAtTheEnd: await locksLeft(),
  };
}

stories("a trap", { site: "bare" }, (story) => {
  for (const [when, reached] of [
    ["that holds the lock", "held"],
    ["that has its tokens", "AccessToken"],
  ])
    story(`of a refresh ${when} ends that call only: the next refresh does not wait, another call ends well`, async (world) => {
      const lab = new Lab(world, pools.plain);
      const tab = await lab.tab();
      await tab.evaluate(spoilRefresh, reached);
      await tab.evaluate((secret) => auth.signIn({ username: "alice", password: secret }), "Correct-Horse-9!");

      const seen = await tab.evaluate(trapAndGoOn, world.server.url);

      assert.equal(seen.spoilt, 1);
      assert.deepEqual(seen.trapped, { name: "AuthError", code: "internal", isTrap: true });
      assert.deepEqual(seen.locksAfterTrap, []);
      assert.ok(seen.isWipedAfterTrap, "nothing is left in the instance that trapped");
      assert.ok(seen.newInstances >= 1, "the calls after it have another instance");
      assert.equal(seen.username, "alice");
      assert.ok(seen.tookMs < 5_000, `the next refresh waited ${seen.tookMs} ms`);
      assert.match(seen.attributes, /alice@/);
      assert.ok(seen.isWipedAtTheEnd);
      assert.deepEqual(seen.locksAtTheEnd, []);
      assert.equal(await who(tab), "alice");
    });
});

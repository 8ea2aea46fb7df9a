// How a response crosses from the bridge page to the page that asked, where no channel reaches it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { pageAt } from "./page.mjs";

const { relay } = await import("../../dist/redirect/bridge.js");
const { createRedirects } = await import("../../dist/redirect/redirect.js");

const origin = "https://app.example";
const realChannel = globalThis.BroadcastChannel;
let target;
const say = (data, more) => target.dispatchEvent(Object.assign(new Event("message"), { data, origin, source: null, ...more }));
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(() => {
  target = new EventTarget();
  globalThis.addEventListener = target.addEventListener.bind(target);
  // As in a frame that may have none.
  globalThis.BroadcastChannel = class { constructor() { throw new DOMException("no", "SecurityError"); } };
});

afterEach(() => {
  globalThis.BroadcastChannel = realChannel;
  for (const name of ["addEventListener", "window", "parent"]) delete globalThis[name];
});

function bridge(query) {
  pageAt(`${origin}/bridge?${query}`);
  const sent = [];
  const opener = { postMessage: (data, to) => sent.push({ data, to }) };
  globalThis.window = globalThis.parent = { opener, isClosed: false, close() { this.isClosed = true; } };
  return { sent, opener };
}

test("the bridge page hands the response to its opener's own origin, and closes when that has it", async () => {
  const { sent, opener } = bridge("code=c&state=lg.x");
  const relayed = relay();
  assert.deepEqual(sent, [{ data: { state: "lg.x", response: "code=c&state=lg.x" }, to: origin }]);
  assert.equal(location.search, "");
  for (const [data, more] of [
    [{ taken: "lg.x" }, { source: opener, origin: "https://evil.example" }],
    [{ taken: "lg.x" }, { source: {} }],
    [{ taken: "lg.y" }, { source: opener }],
    [null, { source: opener }],
  ]) say(data, more);
  await turn();
  assert.equal(window.isClosed, false);
  say({ taken: "lg.x" }, { source: opener });
  assert.equal(await relayed, true);
  assert.equal(window.isClosed, true);
});

test("a page without a response hands nothing over", async () => {
  const { sent } = bridge("tenant=1");
  assert.equal(await relay(), false);
  assert.deepEqual(sent, []);
});

test("the page that asked takes a response of its own window, origin and state only", async () => {
  pageAt(`${origin}/`);
  const thanked = [];
  const popup = { closed: false, location: { href: "", replace(url) { this.href = url; } }, close() {}, postMessage: (data, to) => thanked.push({ data, to }) };
  let exchanged;
  const begun = { url: "https://login.example/x", state: "lg.x", record: "{}", gone: [], lifetimeMs: 60_000 };
  const context = {
    options: { clientId: "one", oauth: { redirectUris: [] } },
    host: {},
    outside: (work) => work(),
    call: async (operation, input) => {
      if (operation === "beginRedirect") return begun;
      exchanged = input;
      return { failure: { code: "redirectRefused" } };
    },
  };
  const { popup: through } = await createRedirects({ inTime: (part) => part, ...context });
  const result = through({ popup }).catch(({ code }) => code);
  // The code for it is loaded first.
  while (!popup.location.href) await turn();
  assert.equal(popup.location.href, begun.url);
  const message = { state: "lg.x", response: "code=c&state=lg.x" };
  for (const [data, more] of [
    [message, { source: popup, origin: "https://evil.example" }],
    [message, { source: {} }],
    [message, { source: null }],
    [{ ...message, state: "lg.y" }, { source: popup }],
    [{ ...message, response: 1 }, { source: popup }],
    [{ ...message, response: "x".repeat(9_000) }, { source: popup }],
  ]) say(data, more);
  await turn();
  assert.equal(exchanged, undefined);

  say(message, { source: popup });

  assert.equal(await result, "redirectRefused");
  assert.deepEqual(exchanged, { response: message.response, record: "{}" });
  assert.deepEqual(thanked.at(-1), { data: { taken: "lg.x" }, to: origin });
});

// A page for `createSession`: stores, a core that answers what a test says, and time that a test lets pass.
import { mock } from "node:test";
// What is imported on demand is there at once: files are not read in the time that a test lets pass.
import "../../dist/session/idle-timeout.js";
import "../../dist/session/live-session.js";
import { createHost } from "../../dist/effects/host.js";
import { createSession } from "../../dist/session/session.js";

export const start = 1_780_000_000_000;
export const hour = 3_600_000;
export const options = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };
const prefix = "lifeguard.client1";

/** A store that remembers; `late`: it answers with promises. */
export function makeStore(items = new Map(), late = false) {
  const answer = (value) => (late ? Promise.resolve(value) : value);
  return {
    items,
    getItem: (key) => answer(items.get(key) ?? null),
    setItem: (key, value) => answer(void items.set(key, value)),
    removeItem: (key) => answer(void items.delete(key)),
  };
}

const jwt = (claims) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

/** The text of a stored session that was received now, of tokens that live an hour. */
export function recordText({ epoch = "e1", sub = "s1", username = "alice", lifeMs = hour, at = Date.now(), signedInAt = at } = {}) {
  const seconds = Math.floor(at / 1000);
  const accessToken = jwt({ sub, iat: seconds, auth_time: Math.floor(signedInAt / 1000), jti: `${at}` });
  return JSON.stringify({
    v: 1, pool: options.userPoolId, epoch, username, sub, accessToken,
    refreshToken: "r", receivedAt: at, expiresAt: at + lifeMs, freshUntil: at + lifeMs,
  });
}

/** Runs what waits for promises, timers apart. */
export async function settle() {
  for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class Lab {
  calls = [];
  told = [];
  broadcasts = [];
  /** What each operation of the core answers. */
  answers = {
    wake: () => ({ againMs: 60_000 }),
    session: () => null,
    signOut: () => this.coreSignsOut("signOut"),
  };
  isLoaded = true;
  state = {};

  constructor({ more = {}, late = false, lasting = makeStore(new Map(), late), isTold = true } = {}) {
    mock.timers.reset();
    mock.timers.enable({ apis: ["Date", "setTimeout"], now: start });
    this.lasting = lasting;
    this.tab = makeStore();
    this.memory = makeStore();
    this.host = {
      lasting: this.lasting,
      tab: this.tab,
      memory: this.memory,
      local: () => undefined,
      broadcast: (message) => this.broadcasts.push(message),
      patiently: createHost(options).patiently,
    };
    const lab = this;
    this.session = createSession({ ...options, ...more }, this.host, {
      async call(operation, input, signal) {
        lab.calls.push(operation);
        lab.inputs = { ...lab.inputs, [operation]: input };
        await lab.session.load();
        return lab.answers[operation](input, signal);
      },
      get state() { return lab.state; },
      update(change) { lab.state = { ...lab.state, ...change }; },
      isLoaded: () => lab.isLoaded,
    });
    this.auth = this.session.auth;
    if (isTold) this.listen();
  }

  listen() {
    for (const type of ["signedIn", "signedOut", "refreshed", "statusChanged", "userChanged"])
      this.auth.on(type, (detail) => this.told.push({ type, ...detail }));
  }

  names = () => this.told.map(({ type, status, reason }) => [type, status ?? reason].filter(Boolean).join(" "));

  store(text, store = this.lasting) {
    store.items.set(`${prefix}.session`, text);
    store.items.set(`${prefix}.epoch`, JSON.parse(text).epoch);
  }

  stored = (store = this.lasting) => store.items.get(`${prefix}.session`);
  epoch = (store = this.lasting) => store.items.get(`${prefix}.epoch`);

  /** The core emits events and remembers what it emitted. */
  emit(...events) {
    for (const event of events) {
      if (event.type === "statusChanged") {
        if (this.state.status === event.status) continue;
        this.state = { ...this.state, status: event.status };
      }
      this.session.notify(event);
    }
  }

  /** What the core does at a sign-in. */
  async signIn(more) {
    await this.session.load();
    const text = recordText(more);
    this.store(text);
    this.state = { ...this.state, seen: text };
    const { username, sub, receivedAt } = JSON.parse(text);
    this.emit({ type: "signedIn", user: { username, sub }, receivedAt }, { type: "statusChanged", status: "ok" });
    await settle();
    return text;
  }

  /** What the core does at a refresh. */
  refresh(more) {
    const text = recordText(more);
    this.store(text);
    this.state = { ...this.state, seen: text };
    const { expiresAt, receivedAt } = JSON.parse(text);
    this.emit({ type: "refreshed", expiresAt: expiresAt / 1000, receivedAt }, { type: "statusChanged", status: "ok" });
    return text;
  }

  coreSignsOut(reason) {
    this.lasting.items.delete(`${prefix}.session`);
    this.lasting.items.set(`${prefix}.epoch`, "e-out");
    this.state = { ...this.state, seen: "" };
    this.emit({ type: "signedOut", reason }, { type: "statusChanged", status: "signedOut" });
    return { cleared: true, revoked: true };
  }

  /** Lets time pass in short parts, so that what a timer starts is done before the next one runs out. */
  async pass(ms) {
    let left = ms;
    await settle();
    while (left > 0) {
      const part = Math.min(left, 10_000);
      mock.timers.tick(part);
      left -= part;
      await settle();
    }
  }

  count = (operation) => this.calls.filter((name) => name === operation).length;
}

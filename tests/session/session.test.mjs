// The live session over time, with a core that answers what each test says.
import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { hour, Lab, makeStore, options, recordText, settle, start } from "./lab.mjs";

const minute = 60_000;
const idle = { more: { sessionTimeout: { idleSeconds: 900 } } };
const absolute = { more: { sessionTimeout: { absoluteSeconds: 900 } } };
const later = (code, more = {}) => Object.assign(new Error(code), { name: "AuthError", code, ...more });

/** Signs out by the time's end, as the core does. */
const endsByTime = (lab) => {
  lab.answers.signOut = ({ timedOut }) => lab.coreSignsOut(timedOut ? "timeout" : "signOut");
};

afterEach(() => mock.timers.reset());

for (const [what, settings] of Object.entries({ idle, absolute })) {
  for (const isTold of [true, false]) {
    test(`the ${what} timeout ends the session in the page that signed in${isTold ? "" : ", without handlers"}`, async () => {
      const lab = new Lab({ ...settings, isTold });
      endsByTime(lab);
      await settle();
      await lab.signIn();

      await lab.pass(14 * minute);
      assert.ok(lab.stored());
      await lab.pass(1.1 * minute);

      assert.equal(lab.stored(), undefined);
      assert.equal(lab.count("signOut"), 1);
      if (isTold) assert.ok(lab.names().includes("signedOut timeout"));
    });
  }

  test(`the ${what} timeout ends the second session of a page, too`, async () => {
    const lab = new Lab(settings);
    endsByTime(lab);
    await settle();
    await lab.signIn();
    await lab.pass(5 * minute);
    await lab.auth.signOut();
    await lab.pass(70 * minute);
    await lab.signIn({ epoch: "e2" });

    await lab.pass(14 * minute);
    assert.ok(lab.stored());
    await lab.pass(1.1 * minute);

    assert.equal(lab.stored(), undefined);
  });
}

test("a session timeout that is no number is misuse, and signs nobody out", async () => {
  for (const sessionTimeout of [{ idleSeconds: Number(undefined) }, { absoluteSeconds: Number.NaN }]) {
    const lab = new Lab({ more: { sessionTimeout }, isTold: false });
    lab.store(recordText());

    await assert.rejects(lab.auth.session(), { code: "misuse", detail: /sessionTimeout/ });

    assert.deepEqual(lab.calls, []);
  }
});

test("a session that is used is not ended by the idle timeout", async () => {
  const lab = new Lab(idle);
  endsByTime(lab);
  await settle();
  await lab.signIn();

  for (let turn = 0; turn < 4; turn += 1) {
    await lab.pass(10 * minute);
    lab.lasting.items.set("lifeguard.client1.active", String(Date.now()));
  }
  assert.ok(lab.stored());
  await lab.pass(16 * minute);

  assert.equal(lab.stored(), undefined);
});

test("the same user who signs in again is not ended by the time before", async () => {
  const lab = new Lab(idle);
  endsByTime(lab);
  lab.store(recordText());
  lab.lasting.items.set("lifeguard.client1.active", String(start));
  mock.timers.setTime(start + 20 * minute);
  const text = recordText({ epoch: "e2" });
  lab.store(text);

  assert.equal((await lab.auth.user()).username, "alice");
  assert.equal(lab.count("signOut"), 0);
});

test("tokens are refreshed in the background before they expire", async () => {
  const lab = new Lab();
  lab.answers.wake = ({ renew }) => {
    if (renew) lab.refresh();
    return { againMs: 55 * minute };
  };
  await lab.signIn();

  await lab.pass(54 * minute);
  assert.equal(lab.count("wake"), 0);
  await lab.pass(5 * minute);

  assert.equal(lab.count("wake"), 1);
  assert.ok(lab.names().includes("refreshed"));
});

test("tokens of the second session of a page are refreshed in the background, too", async () => {
  const lab = new Lab();
  lab.answers.wake = () => {
    lab.refresh({ epoch: "e2" });
    return { againMs: 55 * minute };
  };
  await lab.signIn();
  await lab.pass(5 * minute);
  await lab.auth.signOut();
  await lab.pass(70 * minute);
  assert.equal(lab.count("wake"), 0, "nobody's tokens are not refreshed");
  await lab.signIn({ epoch: "e2" });

  await lab.pass(59 * minute);

  assert.equal(lab.count("wake"), 1);
});

test("a fresh session is handed out without the core", async () => {
  const lab = new Lab({ isTold: false });
  lab.store(recordText());

  const session = await lab.auth.session();

  assert.equal(session.user.username, "alice");
  assert.deepEqual(lab.calls, []);
});

test("what is known by heart needs no core: nobody is signed in", async () => {
  const lab = new Lab();

  assert.equal(await lab.auth.session(), null);
  assert.equal(lab.auth.status, "signedOut");
  assert.deepEqual(lab.calls, []);
  assert.deepEqual(lab.told, []);
});

test("the first look with an expired token emits refreshed", async () => {
  const lab = new Lab({ isTold: false });
  const old = recordText({ at: start - 2 * hour });
  lab.store(old);
  lab.answers.wake = lab.answers.session = () => {
    if (lab.state.seen === old) lab.refresh();
    return { againMs: 1e6, record: lab.stored() };
  };

  lab.listen();
  await settle();

  assert.equal(lab.auth.status, "ok");
  assert.deepEqual(lab.names(), ["refreshed", "statusChanged ok"]);
});

test("a refresh that failed is retried by itself, and emits refreshed when the service is back", async () => {
  const lab = new Lab({ isTold: false });
  lab.store(recordText({ at: start - 2 * hour }));
  let isAway = true;
  const fail = () => {
    lab.emit({ type: "statusChanged", status: "degraded" });
    throw later("network", { retryable: true });
  };
  lab.answers.session = () => (isAway ? fail() : { record: lab.refresh() });
  lab.answers.wake = ({ renew }) => {
    if (renew && !isAway) lab.refresh();
    else lab.emit({ type: "statusChanged", status: "degraded" });
    return { againMs: isAway ? 4_000 : 55 * minute };
  };
  lab.listen();
  await assert.rejects(lab.auth.user(), { code: "network" });
  await settle();
  assert.equal(lab.auth.status, "degraded");

  isAway = false;
  await lab.pass(minute);

  assert.equal(lab.auth.status, "ok");
  assert.ok(lab.names().includes("refreshed"));
});

test("a core that does not load leaves the session alone, with a status, and is tried again", async () => {
  const lab = new Lab({ isTold: false });
  const old = recordText({ at: start - 2 * hour });
  lab.store(old);
  lab.isLoaded = false;
  lab.answers.session = lab.answers.wake = () => {
    throw later("offline");
  };
  lab.listen();
  await assert.rejects(lab.auth.getAccessToken(), { code: "offline" });
  assert.equal(lab.auth.status, "offline");
  assert.equal(lab.stored(), old);

  lab.isLoaded = true;
  lab.answers.wake = () => {
    lab.refresh();
    return { againMs: 55 * minute };
  };
  await lab.pass(minute);

  assert.equal(lab.auth.status, "ok");
  assert.ok(lab.names().includes("refreshed"));
});

test("the status of a store that answers later is loading until it is known, and that is emitted", async () => {
  for (const [text, status] of [[recordText({ at: start }), "ok"], [undefined, "signedOut"]]) {
    const lab = new Lab({ late: true, isTold: false });
    if (text) lab.store(text);

    lab.listen();
    assert.equal(lab.auth.status, "loading");
    await settle();

    assert.equal(lab.auth.status, status);
    assert.deepEqual(lab.names(), [`statusChanged ${status}`]);
    assert.deepEqual(lab.calls, []);
  }
});

test("a status that is only read becomes known, too", async () => {
  const lab = new Lab({ late: true, isTold: false });
  lab.store(recordText());

  assert.equal(lab.auth.status, "loading");
  await settle();

  assert.equal(lab.auth.status, "ok");
});

test("a store that rejects is no unhandled rejection", async () => {
  const no = async () => {
    throw new Error("store down");
  };
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  const lab = new Lab({ lasting: { items: new Map(), getItem: no, setItem: no, removeItem: no }, isTold: false });
  lab.answers.wake = () => {
    throw later("storage");
  };

  assert.equal(lab.auth.status, "loading");
  lab.listen();
  await settle();
  await lab.pass(minute);

  process.off("unhandledRejection", note);
  assert.deepEqual(unhandled, []);
});

test("a session that another library left is not signed out before the core has adopted it", async () => {
  const lab = new Lab({ isTold: false });
  lab.lasting.items.set(`CognitoIdentityServiceProvider.${options.clientId}.LastAuthUser`, "alice");
  lab.answers.wake = () => {
    lab.refresh();
    return { againMs: hour };
  };

  lab.listen();
  assert.equal(lab.auth.status, "loading");
  await settle();

  assert.equal(lab.auth.status, "ok");
});

for (const [what, prepare] of Object.entries({
  "does not load": (lab) => {
    lab.isLoaded = false;
    lab.answers.signOut = () => {
      throw later("wasmUnavailable");
    };
  },
  "never answers while it loads": (lab) => {
    lab.isLoaded = false;
    lab.answers.signOut = () => new Promise(() => {});
  },
  "has a defect": (lab) => {
    lab.answers.signOut = () => {
      throw later("internal");
    };
  },
})) {
  test(`a sign-out takes the session out of every store when the core ${what}`, async () => {
    const lab = new Lab();
    await lab.signIn();
    lab.store(recordText({ epoch: "e1" }), lab.tab);
    lab.store(recordText({ epoch: "e1" }), lab.memory);
    lab.lasting.items.set("lifeguard.client1.credentials", "keys");
    prepare(lab);

    const result = lab.auth.signOut();
    await lab.pass(10_000);

    assert.deepEqual(await result, { cleared: true, revoked: false });
    for (const store of [lab.lasting, lab.tab, lab.memory]) {
      assert.equal(lab.stored(store), undefined);
      assert.notEqual(lab.epoch(store), "e1");
    }
    assert.equal(lab.lasting.items.get("lifeguard.client1.credentials"), undefined);
    assert.deepEqual(lab.broadcasts, ["signedOut signOut"]);
    assert.deepEqual(lab.names().slice(-2), ["signedOut signOut", "statusChanged signedOut"]);
    assert.equal(lab.state.seen, "");
    assert.equal(lab.state.over, "e1");
    assert.equal(await lab.auth.session(), null);
  });
}

test("a sign-out that is slow at the service is the core's to finish", async () => {
  const lab = new Lab();
  await lab.signIn();
  let answer;
  lab.answers.signOut = () => new Promise((resolve) => {
    lab.coreSignsOut("signOut");
    answer = resolve;
  });

  const result = lab.auth.signOut();
  await lab.pass(14_000);
  answer({ cleared: true, revoked: true });

  assert.deepEqual(await result, { cleared: true, revoked: true });
  assert.deepEqual(lab.broadcasts, []);
});

test("a sign-out without the core says so where a store does not let go", async () => {
  const lab = new Lab();
  await lab.signIn();
  lab.lasting.setItem = () => {
    throw new Error("full");
  };
  lab.answers.signOut = () => {
    throw later("wasmUnavailable");
  };

  assert.deepEqual(await lab.auth.signOut({ global: true }), { cleared: false, revoked: false, everywhere: false });
  assert.equal(lab.stored(), undefined, "the record goes all the same");
});

test("a sign-out without the core removes what would be adopted again", async () => {
  const lab = new Lab();
  await lab.signIn();
  const key = `CognitoIdentityServiceProvider.${options.clientId}`;
  for (const name of ["LastAuthUser", "alice.accessToken", "alice.idToken", "alice.refreshToken"])
    lab.lasting.items.set(`${key}.${name}`, "alice");
  lab.answers.signOut = () => {
    throw later("wasmUnavailable");
  };

  await lab.auth.signOut();

  assert.deepEqual([...lab.lasting.items.keys()].filter((name) => name.startsWith("Cognito")), []);
});

test("an object that was disposed of answers, and starts nothing", async () => {
  const lab = new Lab();
  await lab.signIn();
  lab.auth.dispose();
  const before = lab.told.length;

  assert.equal((await lab.auth.user()).username, "alice");
  lab.auth.on("signedOut", () => lab.told.push("late"));
  await lab.pass(2 * hour);
  lab.emit({ type: "signedOut", reason: "signOut" });
  await settle();

  assert.equal(lab.count("wake"), 0);
  assert.equal(lab.told.length, before);
});

test("one disposed of before its first call installs nothing either", async () => {
  const lab = new Lab({ isTold: false });
  lab.store(recordText());
  lab.auth.dispose();

  assert.equal((await lab.auth.user()).username, "alice");
  await settle();
  await lab.pass(2 * hour);

  assert.deepEqual(lab.calls, []);
});

test("an unsubscribe called twice removes nobody else's handler", async () => {
  const lab = new Lab({ isTold: false });
  const heard = [];
  const off = lab.auth.on("signedIn", () => heard.push("A"));
  off();
  lab.auth.on("signedIn", () => heard.push("B"));
  off();

  await lab.signIn();

  assert.deepEqual(heard, ["B"]);
});

test("one function subscribed twice is called until both are unsubscribed", async () => {
  const lab = new Lab({ isTold: false });
  const heard = [];
  const handler = () => heard.push("called");
  const off = lab.auth.on("signedIn", handler);
  lab.auth.on("signedIn", handler);
  off();

  await lab.signIn();

  assert.deepEqual(heard, ["called"]);
});

test("a handler is not called after its unsubscribe, even of an event under way", async () => {
  const lab = new Lab({ isTold: false });
  const heard = [];
  const offs = [];
  offs.push(lab.auth.on("signedIn", () => offs[1]()));
  offs.push(lab.auth.on("signedIn", () => heard.push("late")));

  await lab.signIn();

  assert.deepEqual(heard, []);
});

test("without a document and without stores nobody is signed in", async () => {
  const broken = { getItem: undefined };
  const lab = new Lab({ lasting: broken });

  assert.equal(await lab.auth.session(), null);
  assert.equal(lab.auth.status, "signedOut");
  assert.deepEqual(lab.calls, []);
});

test("a store that throws on a server means that nobody is signed in", async () => {
  const no = () => {
    throw new ReferenceError("document is not defined");
  };
  const lab = new Lab({ lasting: { getItem: no, setItem: no, removeItem: no }, isTold: false });

  assert.equal(await lab.auth.user(), null);
  assert.equal(lab.auth.status, "signedOut");
});

test("a store that hangs is given up, and the core judges", async () => {
  const never = () => new Promise(() => {});
  const lab = new Lab({ lasting: makeStore(), isTold: false });
  lab.host.lasting = { getItem: never, setItem: never, removeItem: never };

  const result = lab.auth.session();
  await lab.pass(10_000);

  assert.equal(await result, null);
  assert.equal(lab.count("session"), 1);
});

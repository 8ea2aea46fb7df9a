// The session without the core: read from a store of any kind, kept in cookies of any size.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { packedPackage } from "../../scripts/lib/pack.mjs";

const { cookieStorage, createAuth } = await import(join(packedPackage, "dist/index.js"));
const pool = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };
const key = "lifeguard.client1.session";
const epochKey = "lifeguard.client1.epoch";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = (claims) => `${part({})}.${part(claims)}.signature`;

/** A record as src/protocol/record.rs writes it, received some time ago, of tokens that live an hour. */
function record(agoMs = 0, change = {}) {
  const receivedAt = Date.now() - agoMs;
  const end = receivedAt + 3_600_000;
  return JSON.stringify({
    v: 1, pool: pool.userPoolId, epoch: "e1", username: "zoë", sub: "s1",
    accessToken: token({ token_use: "access" }), idToken: token({ name: "Zoë 🏊", "cognito:groups": ["a"] }), refreshToken: "r",
    receivedAt, expiresAt: end, freshUntil: end, ...change,
  });
}

/** A store with these values that notes what is asked for; `answer` may make a promise of it. */
const store = (values, answer = (value) => value) => ({ getItem: (name) => answer(values[name] ?? null), setItem() {}, removeItem() {} });

/** An `auth` whose core cannot be loaded: what it answers, it answers without. */
const withoutCore = (storage) => {
  const wasm = Promise.reject(new Error("the core was asked for"));
  wasm.catch(() => {});
  return createAuth({ ...pool, storage, wasm });
};

test("a_fresh_session_is_read_without_the_core", async () => {
  for (const answer of [(value) => value, async (value) => value]) {
    const auth = withoutCore(store({ [key]: record(), [epochKey]: "e1" }, answer));

    const session = await auth.session();

    assert.equal(session.accessToken, await auth.getAccessToken());
    assert.deepEqual(session.user.groups, ["a"]);
    assert.equal((await auth.user()).claims.name, "Zoë 🏊");
    assert.equal(session.user.username, "zoë");
    assert.equal("refreshToken" in session, false);
    auth.dispose();
  }
});

test("what_is_not_plainly_fresh_is_left_to_the_core", async () => {
  const others = {
    "close to its end": { [key]: record(3_580_000), [epochKey]: "e1" },
    "of another epoch": { [key]: record(), [epochKey]: "e2" },
    "of another pool": { [key]: record(0, { pool: "eu-west-1_Other" }) },
    "of a newer version": { [key]: record(0, { v: 2 }) },
    "received in the future": { [key]: record(-60_000) },
    torn: { [key]: record().slice(0, 100) },
    "of another library": { [`CognitoIdentityServiceProvider.${pool.clientId}.LastAuthUser`]: "zoë" },
  };
  for (const [name, values] of Object.entries(others)) {
    const auth = withoutCore(store(values));
    await assert.rejects(auth.session(), { name: "AuthError", code: "wasmUnavailable" }, name);
    auth.dispose();
  }
});

test("where_nobody_ever_signed_in_the_core_is_not_asked", async () => {
  const told = [];
  const auth = withoutCore(store({}));
  auth.on("statusChanged", ({ status }) => told.push(status));
  assert.equal(auth.status, "signedOut", "a store that answers at once says so");

  assert.equal(await auth.session(), null);
  assert.equal(await auth.getAccessToken(), null);

  assert.equal(auth.status, "signedOut");
  // What was known when the handler came is no change.
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(told, []);
  auth.dispose();
});

test("a_store_that_throws_or_hangs_is_left_to_the_core", async () => {
  // In a page: on a server, where stores throw because there is no document, nobody is signed in.
  globalThis.location = { protocol: "https:", hostname: "app.example.com" };
  for (const getItem of [() => { throw new Error("no"); }, () => Promise.reject(new Error("no")), () => new Promise(() => {})]) {
    const auth = withoutCore({ getItem, setItem() {}, removeItem() {} });
    await assert.rejects(auth.session(), { code: "wasmUnavailable" });
    auth.dispose();
  }
  delete globalThis.location;
});

/** A document whose cookies obey the browsers' limits. */
function page({ perCookie = 4096, all = 180 } = {}) {
  const jar = new Map();
  const attributes = new Map();
  globalThis.location = { protocol: "https:", hostname: "app.example.com" };
  globalThis.document = {
    get cookie() {
      return [...jar].map((pair) => pair.join("=")).join("; ");
    },
    set cookie(text) {
      const [pair, ...rest] = text.split("; ");
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (/[;,\s]/.test(value)) throw new Error("a cookie holds no such character");
      const placeOf = (all = []) => all.filter((one) => /^(domain|path)=/.test(one)).join();
      // A cookie of another domain or path is another cookie.
      if (rest.includes("max-age=-1") && jar.has(name) && placeOf(attributes.get(name)) !== placeOf(rest)) return;
      if (rest.includes("max-age=-1")) jar.delete(name);
      else if (pair.length <= perCookie && (jar.has(name) || jar.size < all)) jar.set(name, value);
      attributes.set(name, rest);
    },
  };
  return { jar, attributes };
}

test("a host of one label keeps its cookies: browsers take its name as domain for the host alone", () => {
  const written = [];
  globalThis.location = { protocol: "http:", hostname: "localhost" };
  globalThis.document = { get cookie() { return written.length > 0 ? "k=v" : ""; }, set cookie(text) { written.push(text); } };

  cookieStorage().setItem("k", "v");

  assert.deepEqual(written.filter((text) => text.includes("max-age=-1")), []);
});

test("cookies_hold_a_record_of_any_size_and_leave_nothing_behind", () => {
  const { jar } = page();
  const cookies = cookieStorage();
  for (const value of ["short", "with ; , = % ~ \" and ü 🏊", "x".repeat(3_600), "ü".repeat(3_000), "y".repeat(20_000), "~abc.2", ""]) {
    cookies.setItem("k", value);
    assert.equal(cookies.getItem("k"), value);
    assert.ok([...jar].every((pair) => pair.join("=").length <= 4_096));
  }
  cookies.setItem("other", "z".repeat(9_000));

  cookies.removeItem("k");

  assert.equal(cookies.getItem("k"), null);
  assert.equal(cookies.getItem("other").length, 9_000);
  cookies.removeItem("other");
  assert.equal(jar.size, 0);
});

test("a_record_is_seen_whole_or_not_at_all", () => {
  const { jar } = page();
  const cookies = cookieStorage();
  cookies.setItem("k", "a".repeat(10_000));
  const chunk = [...jar.keys()].find((name) => name.includes(".~"));

  jar.delete(chunk);

  assert.equal(cookies.getItem("k"), null);
});

test("a_browser_that_drops_the_cookie_is_an_error", () => {
  page({ all: 1 });
  assert.throws(() => cookieStorage().setItem("k", "b".repeat(10_000)), { code: "storage" });
});

test("cookies_carry_what_was_configured", () => {
  const { attributes } = page();

  cookieStorage({ domain: "example.com", path: "/app", sameSite: "strict", maxAgeSeconds: 60 }).setItem("k", "v");

  assert.deepEqual(attributes.get("k"), ["path=/app", "samesite=strict", "domain=example.com", "secure", "max-age=60"]);
  assert.throws(() => cookieStorage({ sameSite: "none", secure: false }), { code: "misuse" });
});

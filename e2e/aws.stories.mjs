// AWS credentials and signatures with the package alone, against identity pools and APIs that check them.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { anHour, Lab, pools, signIn } from "./session-lab.mjs";

const identityPool = (server, more = {}) => ({ id: "eu-west-1:11111111-2222-4333-8444-555555555555", endpoint: server.url, ...more });
const members = "eu-west-1:22222222-3333-4444-8555-666666666666";

/** A page with an identity pool, and the sample APIs among the addresses that may see a signature. */
function labOf(world, { guests = false, ...more } = {}) {
  const { server } = world;
  return new Lab(world, pools.plain, {
    identityPool: identityPool(server, { guests }),
    signedFetch: { allow: [`${server.url}/_sample/iam`] },
    fetch: { allow: [`${server.url}/_sample/token`] },
    ...more,
  });
}

const credentials = (tab, options) => tab.evaluate((given) => auth.credentials(given ?? undefined), options ?? null);

/** The code that `auth.credentials()` ends with. */
const refusedBy = (tab) => tab.evaluate(() => auth.credentials().then(() => null, ({ code }) => code));

/** Asks a sample API: status and what it says. */
const ask = (tab, method, url, init) =>
  tab.evaluate(async (name, address, options) => {
    const reply = await auth[name](address, options ?? undefined);
    return { status: reply.status, body: await reply.json() };
  }, method, url, init ?? null);

const storedKeys = (tab) => tab.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }).filter((key) => /credentials|guest/.test(key)));

/** Waits until something holds, ten seconds at most. */
async function until(holds) {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 100, "it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

stories("aws", { site: "bare" }, (story) => {
  story("somebody signed in gets credentials of their own, the same in every tab, fetched once", async (world) => {
    const lab = labOf(world);
    const first = await lab.signedIn("alice");
    const second = await lab.tab();
    const third = await lab.tab();

    const all = await Promise.all([first, second, third].map(async (tab) => tab));
    // All three ask before any of them is answered: each page's call begins at once, the drivers take turns.
    for (const tab of all) await tab.evaluate(() => { globalThis.asked = auth.credentials(); });
    const keys = [];
    for (const tab of all) keys.push(await tab.evaluate(async () => (await globalThis.asked).accessKeyId));

    assert.match(keys[0], /^ASIA[A-Z0-9]{16}$/);
    assert.deepEqual(keys, [keys[0], keys[0], keys[0]]);
    assert.deepEqual([await lab.calls("GetId"), await lab.calls("GetCredentialsForIdentity")], [1, 1]);
    const left = await first.evaluate(async () => (await auth.credentials()).expiration.getTime() - Date.now());
    assert.ok(Math.abs(left - 3_600_000) < 120_000, String(left));
  });

  story("credentials that end are replaced, those that do not survive a reload", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("alice");
    const before = await credentials(tab);

    await lab.reload(tab);
    assert.equal((await credentials(tab)).accessKeyId, before.accessKeyId);
    await lab.pass(anHour);
    const after = await credentials(tab);

    assert.notEqual(after.accessKeyId, before.accessKeyId);
    assert.equal(after.identityId, before.identityId);
    assert.equal(await lab.calls("GetCredentialsForIdentity"), 2);
  });

  story("a guest has leave or has none, and stays the same guest", async (world) => {
    const lab = labOf(world, { guests: true });
    const tab = await lab.tab();
    const guest = await credentials(tab);
    await lab.reload(tab);
    assert.deepEqual(await credentials(tab), guest);

    await signIn(tab, "alice");
    const person = await credentials(tab);
    assert.notEqual(person.identityId, guest.identityId);
    await tab.evaluate(() => auth.signOut());
    assert.equal((await credentials(tab)).identityId, guest.identityId);

    const strict = await lab.tab();
    await strict.evaluate((options) => import("lifeguard-cognito").then(({ createAuth }) => { globalThis.auth = createAuth(options); }), { ...pools.plain, endpoint: world.server.url, identityPool: identityPool(world.server) });
    assert.equal(await refusedBy(strict), "signedOut");
  });

  story("signing out takes the credentials from every tab, and the next person never sees them", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("alice");
    const other = await lab.tab();
    const alice = await credentials(tab);
    await lab.settle(tab);
    assert.equal((await credentials(other)).accessKeyId, alice.accessKeyId);

    await tab.evaluate(() => auth.signOut());
    await lab.settle(tab);
    assert.deepEqual(await storedKeys(tab), []);
    assert.equal(await refusedBy(other), "signedOut");

    await signIn(other, "ada");
    const ada = await credentials(other);
    await lab.settle(other);
    assert.notEqual(ada.identityId, alice.identityId);
    assert.equal((await credentials(tab)).accessKeyId, ada.accessKeyId);
  });

  story("an identity pool that does not know the user pool, or does not exist, says so", async (world) => {
    const lab = labOf(world, { identityPool: { id: "eu-west-1:99999999-2222-4333-8444-555555555555", endpoint: world.server.url } });
    const tab = await lab.signedIn("alice");

    assert.equal(await refusedBy(tab), "notFound");
  });

  story("tokens of somebody who was signed out everywhere buy no credentials where the pool asks", async (world) => {
    const lab = labOf(world, { identityPool: { id: members, endpoint: world.server.url } });
    const tab = await lab.signedIn("alice");
    assert.ok(await credentials(tab));
    await world.server.call("AdminUserGlobalSignOut", { UserPoolId: pools.plain.userPoolId, Username: "alice" });

    const refused = await tab.evaluate(() => auth.credentials({ forceRefresh: true }).then(() => null, ({ code }) => code));

    assert.equal(refused, "notAuthorized");
  });

  story("an API that IAM protects takes signed requests of every form", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("alice");
    const api = `${world.server.url}/_sample/iam`;
    const { identityId } = await credentials(tab);

    for (const [path, init] of [
      ["/orders"],
      ["/orders/a%20b/c:d?q=one+two&z=1&a=%C3%A9"],
      ["/orders", { method: "POST", body: JSON.stringify({ name: "Zoë" }), headers: { "content-type": "application/json" } }],
      ["/orders", { method: "POST", body: "a=1&b=2", headers: { "content-type": "application/x-www-form-urlencoded" } }],
      ["/orders/7", { method: "PUT", body: "text" }],
      ["/orders/7", { method: "DELETE" }],
    ]) {
      const { status, body } = await ask(tab, "signedFetch", api + path, init);
      assert.equal(status, 200, `${path} ${JSON.stringify(body)}`);
      assert.equal(body.caller.cognitoIdentityId, identityId);
      assert.equal(body.method, init?.method ?? "GET");
    }

    const presign = (expiresSeconds) => tab.evaluate((url, expiresSeconds) => auth.presign({ url, expiresSeconds }), `${api}/file?name=a+b`, expiresSeconds);
    const follow = (link) => tab.evaluate(async (url) => (await fetch(url)).status, link);
    assert.equal(await follow(await presign(60)), 200);
    // Signatures are judged by the machine's clock, as a client signs by it.
    const short = await presign(1);
    await until(async () => (await follow(short)) === 403);
  }, { expectErrors: true });

  story("a guest may call what guests may, and nothing else", async (world) => {
    const lab = labOf(world, { guests: true });
    const tab = await lab.tab();
    const api = `${world.server.url}/_sample/iam`;

    const open = await ask(tab, "signedFetch", `${api}/public/news`);
    assert.deepEqual([open.status, open.body.caller?.cognitoAuthenticationType], [200, "unauthenticated"]);
    assert.equal((await ask(tab, "signedFetch", `${api}/orders`)).status, 403);
    assert.equal(await lab.calls("GetCredentialsForIdentity"), 1, "a policy's no is no reason for other credentials");
  }, { expectErrors: true });

  story("a device whose clock is wrong signs at the service's time", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("alice");
    // Two hours ahead at the service, and nobody told this page.
    await world.server.clock(7_200);
    const reply = await ask(tab, "signedFetch", `${world.server.url}/_sample/iam/orders`);

    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  }, { expectErrors: true });

  story("credentials of before their end that the service has ended are replaced once", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("alice");
    const before = await credentials(tab);
    await lab.pass(2 * anHour);
    // The page's clock goes back: to it the old ones look as good as new.
    await tab.evaluate((ms) => { globalThis.aheadMs = ms; }, 1_000);

    const reply = await ask(tab, "signedFetch", `${world.server.url}/_sample/iam/orders`);

    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.notEqual((await credentials(tab)).accessKeyId, before.accessKeyId);
  }, { expectErrors: true });

  story("no other address sees a signature or a token", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("alice");

    for (const url of [`${world.server.url}/_sample/iamother`, `${world.server.url}/_sample/token/x`, world.site.url, "https://example.com/"]) {
      const code = await tab.evaluate((address) => auth.signedFetch(address).then(() => null, (error) => error.code), url);
      assert.equal(code, "misuse", url);
    }
    const own = await ask(tab, "fetch", `${world.server.url}/_sample/token/orders`);
    assert.deepEqual([own.status, own.body.caller.username], [200, "alice"]);
  });

  story("an administrator reads, changes and searches people; somebody else may not", async (world) => {
    const lab = labOf(world);
    const tab = await lab.signedIn("ada");
    const begin = (page) =>
      page.evaluate(async (options) => {
        const { createAdmin } = await import("lifeguard-cognito/admin");
        globalThis.admin = createAdmin({ ...options, credentials: auth.credentials });
      }, { userPoolId: pools.plain.userPoolId, endpoint: world.server.url });
    await begin(tab);

    const bob = await tab.evaluate(() => admin.adminGetUser({ username: "bob" }));
    assert.deepEqual([bob.username, bob.status, bob.enabled, bob.attributes.email, bob.mfaEnabled], ["bob", "UNCONFIRMED", true, "bob@example.com", []]);
    await tab.evaluate(() => admin.adminUpdateUserAttributes({ username: "bob", attributes: { email_verified: true, "custom:role": "reader" } }));
    const after = await tab.evaluate(() => admin.adminGetUser({ username: "bob" }));
    assert.deepEqual([after.attributes.email_verified, after.attributes["custom:role"]], [true, "reader"]);

    const all = await tab.evaluate(async () => {
      const names = [];
      for await (const { username } of admin.listUsers({ limit: 2 })) names.push(username);
      return names.sort();
    });
    assert.deepEqual(all, ["ada", "alice", "bob", "carol", "dave", "nora"]);
    const found = await tab.evaluate(async () => (await admin.listUsersPage({ filter: { attribute: "email", startsWith: "a" }, attributes: ["email"] })).users.map(({ username, attributes }) => [username, attributes]));
    assert.deepEqual(found.sort(), [["ada", { email: "ada@example.com" }], ["alice", { email: "alice@example.com" }]]);
    const none = await tab.evaluate(async () => (await admin.listUsersPage({ filter: { attribute: "name", equals: 'x" or name ^= "' } })).users);
    assert.deepEqual(none, []);
    const missing = await tab.evaluate(() => admin.adminGetUser({ username: "nobody" }).then(() => null, ({ code }) => code));
    assert.equal(missing, "userNotFound");

    await tab.evaluate(() => auth.signOut());
    await signIn(tab, "alice");
    const refused = await tab.evaluate(() => admin.adminGetUser({ username: "bob" }).then(() => null, ({ code }) => code));
    assert.equal(refused, "forbidden");
  });
});

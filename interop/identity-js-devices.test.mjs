// amazon-cognito-identity-js on a remembered device: the device's own SRP stands in for the second factor.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { authenticate, memoryStorage, openIdentityJs, refreshed, until } from "./lib/identity-js.mjs";
import { openDevServer, seeded } from "./lib/pool.mjs";
import { openRecorder } from "./lib/recorder.mjs";
import { totp } from "./lib/totp.mjs";

const password = "Correct-Horse-9!";

describe("amazon-cognito-identity-js on the dev-server's remembered devices", () => {
  let server;
  let recorder;
  before(async () => {
    server = await openDevServer();
    recorder = await openRecorder(server.url);
  });
  beforeEach(async () => {
    await server.reset();
    recorder.clear();
  });
  after(async () => {
    await recorder?.close();
    await server?.close();
  });

  const browser = (pool, storage) => openIdentityJs({ endpoint: recorder.url, ...pool, storage });
  const answered = () => recorder.entries.filter(({ operation }) => operation === "RespondToAuthChallenge").map(({ body }) => JSON.parse(body).ChallengeName);
  const entryOf = (storage, ending) => [...storage.values.entries()].find(([key]) => key.endsWith(ending));

  /** dora turns an authenticator app on, in a browser that is then forgotten; resolves to its secret. */
  async function enroll() {
    const user = browser(seeded.device, memoryStorage()).person("dora");
    assert.equal((await authenticate(user, password)).asked, "onSuccess");
    const { values: [secret] } = await until((callbacks) => user.associateSoftwareToken(callbacks));
    await until((callbacks) => user.verifySoftwareToken(totp(secret), "telephone", callbacks));
    await new Promise((resolve, reject) => user.setUserMfaPreference(null, { Enabled: true, PreferredMfa: true }, (error) => (error ? reject(error) : resolve())));
    await server.clock(60);
    return secret;
  }

  /** Signs dora in with the code of her app, in a browser that keeps the device. */
  async function remember(storage, secret) {
    const user = browser(seeded.device, storage).person("dora");
    assert.equal((await authenticate(user, password)).asked, "totpRequired");
    const { asked } = await until((callbacks) => user.sendMFACode(totp(secret, 2), callbacks, "SOFTWARE_TOKEN_MFA"));
    assert.equal(asked, "onSuccess");
    return user;
  }

  test("the second sign-in in the same browser proves the device and asks for no code", async () => {
    const secret = await enroll();
    const storage = memoryStorage();
    await remember(storage, secret);
    assert.ok(entryOf(storage, ".deviceKey"));
    recorder.clear();

    const { asked, values: [session] } = await authenticate(browser(seeded.device, storage).person("dora"), password);

    assert.equal(asked, "onSuccess");
    assert.deepEqual(answered(), ["PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]);
    assert.equal(session.getAccessToken().payload.device_key, entryOf(storage, ".deviceKey")[1]);
  });

  test("another browser is asked for the code", async () => {
    const secret = await enroll();
    await remember(memoryStorage(), secret);

    const { asked } = await authenticate(browser(seeded.device, memoryStorage()).person("dora"), password);

    assert.equal(asked, "totpRequired");
  });

  test("a device with a wrong secret is not let in", async () => {
    const secret = await enroll();
    const storage = memoryStorage();
    await remember(storage, secret);
    const [key, right] = entryOf(storage, ".randomPasswordKey");
    storage.setItem(key, `${right.startsWith("A") ? "B" : "A"}${right.slice(1)}`);
    recorder.clear();

    await assert.rejects(authenticate(browser(seeded.device, storage).person("dora"), password), { code: "NotAuthorizedException" });

    assert.equal(answered().at(-1), "DEVICE_PASSWORD_VERIFIER");
  });

  test("a refresh must name the device", async () => {
    const secret = await enroll();
    const storage = memoryStorage();
    const user = await remember(storage, secret);
    const session = user.getSignInUserSession();

    await refreshed(user, session);

    storage.removeItem(entryOf(storage, ".deviceKey")[0]);
    await assert.rejects(refreshed(browser(seeded.device, storage).person("dora"), session), { code: "NotAuthorizedException" });
  });

  test("a device that was forgotten elsewhere is a stranger again", async () => {
    const secret = await enroll();
    const storage = memoryStorage();
    const user = await remember(storage, secret);
    const before = new Map(storage.values);
    await until((callbacks) => user.forgetDevice(callbacks));
    // What a browser still holds that was not told.
    for (const [key, value] of before) storage.setItem(key, value);
    const [, forgotten] = entryOf(storage, ".deviceKey");

    const { asked } = await authenticate(browser(seeded.device, storage).person("dora"), password);

    assert.equal(asked, "totpRequired");
    assert.equal(recorder.entries.some(({ error }) => error === "ResourceNotFoundException"), true);
    assert.notEqual(entryOf(storage, ".deviceKey")?.[1], forgotten);
  });

  test("where the person decides, she is told so and decides", async () => {
    const storage = memoryStorage();
    const user = browser(seeded.optIn, storage).person("dora");
    const { asked, values: [, mustDecide] } = await authenticate(user, password);
    assert.deepEqual([asked, mustDecide], ["onSuccess", true]);

    await until((callbacks) => user.setDeviceStatusRemembered(callbacks));

    const { values: [device] } = await until((callbacks) => user.getDevice(callbacks));
    const status = device.Device.DeviceAttributes.find(({ Name }) => Name === "device_status" || Name === "dev:device_remembered_status");
    assert.ok(["valid", "remembered"].includes(status.Value), status.Value);
    recorder.clear();
    assert.equal((await authenticate(browser(seeded.optIn, storage).person("dora"), password)).asked, "onSuccess");
    assert.ok(answered().includes("DEVICE_PASSWORD_VERIFIER"));
  });
});

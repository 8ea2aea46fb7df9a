// What a page gets for input that cannot be right, and for surroundings that lack something: on a bare page.
import assert from "node:assert/strict";
import { defaultPool } from "./lib/server.mjs";
import { stories } from "./lib/stories.mjs";

/** In the page: runs `steps` with a fresh client; answers with the value or the error's public face. */
async function attempt(options, steps) {
  const { createAuth, AuthError } = await import("lifeguard-cognito");
  try {
    const auth = createAuth(options);
    return { value: await (0, eval)(`(${steps})`)(auth) };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { code: error.code, message: error.message, retryable: error.retryable };
  }
}

const signIn = (username, password) => `(auth) => auth.signIn(${JSON.stringify({ username, password })}).then((result) => result.status)`;

stories("bad input", { site: "bare" }, (story) => {
  const options = (server) => ({ ...defaultPool, endpoint: server.url });

  for (const [what, wrong] of [
    ["an empty pool id", { userPoolId: "" }],
    ["a pool id without a region", { userPoolId: "LifeGuard" }],
    ["a pool id with a slash", { userPoolId: "eu-west-1_Life/../Guard" }],
    ["an empty client id", { clientId: "" }],
    ["a client id with a blank", { clientId: "lifeguard demo" }],
    ["an endpoint that is no address", { endpoint: "nowhere" }],
    ["an endpoint of another scheme", { endpoint: "javascript:alert(1)" }],
    ["plain http to another host", { endpoint: "http://example.com" }],
    ["an endpoint with a password in it", { endpoint: "https://user:canary-pass@example.com" }],
  ]) {
    story(`${what} is a misuse that says the fix`, async ({ page, server }) => {
      await page.open("/");

      const { code, message, retryable } = await page.evaluate(attempt, { ...options(server), ...wrong }, signIn("alice", "Correct-Horse-9!"));

      assert.equal(code, "misuse");
      assert.equal(retryable, false);
      assert.ok(message.length > 25, `the message tells what to fix: ${message}`);
      assert.doesNotMatch(message, /canary-pass|Correct-Horse|alice/);
      assert.deepEqual((await server.counters()).InitiateAuth ?? 0, 0);
    });
  }

  story("an empty user name is refused before anything is sent", async ({ page, server }) => {
    await page.open("/");

    const { code } = await page.evaluate(attempt, options(server), signIn("", "Correct-Horse-9!"));

    assert.equal(code, "misuse");
    assert.equal((await server.counters()).InitiateAuth ?? 0, 0);
  });

  for (const [what, password] of [
    ["an empty password", ""],
    ["a password of 10 000 characters", "x".repeat(10_000)],
    ["a password of zero bytes", "\0\0\0"],
  ]) {
    story(`${what} is proved wrong like any other`, async ({ page, server }) => {
      await page.open("/");

      const { code } = await page.evaluate(attempt, options(server), signIn("alice", password));

      assert.equal(code, "incorrectCredentials");
    });
  }

  story("half a character in a password is a misuse: no keyboard makes one", async ({ page, server }) => {
    await page.open("/");

    const { code, message } = await page.evaluate(attempt, options(server), signIn("alice", "canary-\uD800-pass"));

    assert.equal(code, "misuse");
    assert.doesNotMatch(message, /canary/);
    assert.equal((await server.counters()).InitiateAuth ?? 0, 0);
  });

  for (const [what, password] of [
    ["composed and decomposed letters", "Pa\u0308sswo\u0308rd-é-9!"],
    ["emoji and other planes", "Strand-🏖️-𝔘𝔫𝔦-9!a"],
    ["right-to-left text", "שלום-Shalom-9!"],
  ]) {
    story(`a password with ${what} signs in by proof`, async ({ page, server }) => {
      await server.call("AdminSetUserPassword", { UserPoolId: defaultPool.userPoolId, Username: "alice", Password: password, Permanent: true });
      await page.open("/");

      const right = await page.evaluate(attempt, options(server), signIn("alice", password));
      const wrong = await page.evaluate(attempt, options(server), signIn("alice", `${password}.`));

      assert.deepEqual(right, { value: "signedIn" });
      assert.equal(wrong.code, "incorrectCredentials");
    });
  }

  story("a user name outside ASCII signs in", async ({ page, server }) => {
    const username = "zoë-東京";
    await server.call("AdminCreateUser", { UserPoolId: defaultPool.userPoolId, Username: username, MessageAction: "SUPPRESS", UserAttributes: [{ Name: "email", Value: "zoe@example.com" }, { Name: "name", Value: "Zoë" }] });
    await server.call("AdminSetUserPassword", { UserPoolId: defaultPool.userPoolId, Username: username, Password: "Correct-Horse-9!", Permanent: true });
    await page.open("/");

    const result = await page.evaluate(attempt, options(server), `(auth) => auth.signIn({ username: ${JSON.stringify(username)}, password: "Correct-Horse-9!" }).then(({ user }) => user.username)`);

    assert.deepEqual(result, { value: username });
  });

  story("a client with a secret is refused with the reason", async ({ page, server }) => {
    const { UserPoolClient } = await server.call("CreateUserPoolClient", { UserPoolId: defaultPool.userPoolId, ClientName: "with secret", GenerateSecret: true, ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
    await page.open("/");

    const { code, message } = await page.evaluate(attempt, { ...options(server), clientId: UserPoolClient.ClientId }, signIn("alice", "Correct-Horse-9!"));

    assert.equal(code, "clientHasSecret");
    assert.match(message, /public client/);
  });

  story("an answer to a question that is over is a misuse or an expired sign-in", async ({ page, server }) => {
    await page.open("/");

    const { code } = await page.evaluate(attempt, options(server), `async (auth) => {
      const { challenge } = await auth.signIn({ username: "nora", password: "Temporary-Pass-1!" });
      auth.cancelChallenge(challenge);
      return auth.answerChallenge(challenge, { newPassword: "Brave-Dolphin-7?", attributes: { name: "Nora" } });
    }`);

    assert.ok(["misuse", "sessionExpired"].includes(code), code);
  });

  story("without crypto the call says so", async ({ page, server }) => {
    await page.open("/");
    await page.evaluate(() => void Object.defineProperty(globalThis, "crypto", { value: undefined }));

    const { code } = await page.evaluate(attempt, options(server), signIn("alice", "Correct-Horse-9!"));

    assert.equal(code, "cryptoUnavailable");
  });

  story("a signal that was aborted before sends nothing", async ({ page, server }) => {
    await page.open("/");

    const { code } = await page.evaluate(attempt, options(server), `(auth) => auth.signIn({ username: "alice", password: "Correct-Horse-9!", signal: AbortSignal.abort() })`);

    assert.equal(code, "aborted");
    assert.equal((await server.counters()).InitiateAuth ?? 0, 0);
  });

  story("a deadline of one's own is kept", async ({ page, server }) => {
    await server.faults({ operation: "InitiateAuth", kind: "delay", ms: 30_000 });
    await page.open("/");

    const { code, took } = await page.evaluate(attempt, { ...options(server), timeoutMs: 300 }, `async (auth) => {
      const begin = performance.now();
      const code = await auth.signIn({ username: "alice", password: "Correct-Horse-9!" }).catch((error) => error.code);
      return { code, took: performance.now() - begin };
    }`).then(({ value }) => value);

    assert.equal(code, "timeout");
    assert.ok(took < 10_000, `it took ${took} ms`);
  });

  for (const [what, fault] of [
    ["a captive portal's page", { kind: "html" }],
    ["half a reply", { kind: "malformed" }],
  ]) {
    story(`${what} is a violation of the protocol`, async ({ page, server }) => {
      await server.faults({ operation: "InitiateAuth", ...fault });
      await page.open("/");

      const { code, message } = await page.evaluate(attempt, options(server), signIn("alice", "Correct-Horse-9!"));

      assert.equal(code, "protocolViolation");
      assert.doesNotMatch(message, /html|</i);
    });
  }

  for (const [what, reply] of [
    ["an empty reply", { body: "" }],
    ["a JSON array", { body: "[]" }],
    ["a JSON string", { body: '"tokens"' }],
    ["tokens that are no tokens", { body: '{"AuthenticationResult":{"AccessToken":"x","IdToken":"y","RefreshToken":"z","ExpiresIn":3600,"TokenType":"Bearer"}}' }],
    ["neither tokens nor a challenge", { body: "{}" }],
  ]) {
    story(`${what} is a violation of the protocol`, async ({ page, site }) => {
      await page.open("/");

      const { code } = await page.evaluate(attempt, { ...defaultPool, endpoint: `${site.url}/pool` }, signIn("alice", "Correct-Horse-9!"));

      assert.equal(code, "protocolViolation");
    }, { siteOptions: { files: { "/pool": { type: "application/x-amz-json-1.1", ...reply }, "/pool/": { type: "application/x-amz-json-1.1", ...reply } } } });
  }

  story("where the browser refuses storage, the session lasts as long as the page", async ({ page, server }) => {
    await page.open("/");

    const result = await page.evaluate(async (options) => {
      const { createAuth } = await import("lifeguard-cognito");
      const refuse = () => { throw new DOMException("denied", "SecurityError"); };
      // A window's own properties: deleted, they would be gone for good.
      const kept = ["localStorage", "sessionStorage"].map((name) => [name, Object.getOwnPropertyDescriptor(window, name)]);
      for (const [name] of kept) Object.defineProperty(window, name, { get: refuse, configurable: true });
      try {
        const auth = createAuth(options);
        const { status } = await auth.signIn({ username: "alice", password: "Correct-Horse-9!" });
        const user = (await auth.user())?.username;
        const { cleared } = await auth.signOut();
        return { status, user, cleared, after: await auth.user() };
      } finally {
        for (const [name, descriptor] of kept) Object.defineProperty(window, name, descriptor);
      }
    }, options(server));

    assert.deepEqual(result, { status: "signedIn", user: "alice", cleared: true, after: null });
  });

  story("a store that throws at writing is told, and memory still works", async ({ page, server }) => {
    await page.open("/");

    const result = await page.evaluate(async (options) => {
      const { createAuth } = await import("lifeguard-cognito");
      const refuse = () => { throw new DOMException("denied", "QuotaExceededError"); };
      const auth = createAuth({ ...options, storage: { getItem: () => null, setItem: refuse, removeItem: () => {} } });
      const person = { username: "alice", password: "Correct-Horse-9!" };
      const refused = await auth.signIn(person).then(({ status }) => status, ({ code }) => code);
      const other = createAuth({ ...options, storage: "memory" });
      const kept = await other.signIn(person).then(({ status }) => status, ({ code }) => code);
      return { refused, kept, user: (await other.user())?.username };
    }, options(server));

    assert.deepEqual(result, { refused: "storage", kept: "signedIn", user: "alice" });
  });
});

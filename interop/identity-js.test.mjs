// amazon-cognito-identity-js, the library most pages use, against the dev-server's default pool.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { defaultPool } from "../e2e/lib/server.mjs";
import { authenticate, openIdentityJs, refreshed, sessionOf, until } from "./lib/identity-js.mjs";
import { openDevServer } from "./lib/pool.mjs";

const password = "Correct-Horse-9!";

describe("amazon-cognito-identity-js against the dev-server", () => {
  let server;
  before(async () => {
    server = await openDevServer();
  });
  beforeEach(() => server.reset());
  after(() => server?.close());

  const open = (more = {}) => openIdentityJs({ endpoint: server.url, ...defaultPool, ...more });

  /** Signs up and confirms a person who is not in the seed. */
  async function join(username, secret) {
    const page = open();
    const address = `${Buffer.from(username).toString("hex")}@example.com`;
    await page.signUp(username, secret, { email: address, name: "Somebody New" });
    await page.confirm(username, await server.code(address));
  }

  test("signs up, confirms with the code from the inbox, and signs in by SRP", async () => {
    const page = open();
    const { userConfirmed, codeDeliveryDetails } = await page.signUp("grace", password, { email: "grace@example.com", name: "Grace" });
    assert.equal(userConfirmed, false);
    assert.equal(codeDeliveryDetails.DeliveryMedium, "EMAIL");
    await assert.rejects(authenticate(page.person("grace"), password), { code: "UserNotConfirmedException" });
    const code = await server.code("grace@example.com");
    await assert.rejects(page.confirm("grace", code === "000000" ? "000001" : "000000"), { code: "CodeMismatchException" });

    await page.confirm("grace", code);
    const { asked, values } = await authenticate(page.person("grace"), password);

    assert.equal(asked, "onSuccess");
    const [session] = values;
    assert.equal(session.isValid(), true);
    assert.equal(session.getIdToken().payload.email, "grace@example.com");
    assert.equal(session.getAccessToken().payload.client_id, defaultPool.clientId);
  });

  test("a code that was sent again makes the older one useless", async () => {
    const page = open();
    await page.signUp("grace", password, { email: "grace@example.com", name: "Grace" });
    const older = await server.code("grace@example.com");

    await page.resend("grace");
    const newer = await server.code("grace@example.com");

    if (older !== newer) await assert.rejects(page.confirm("grace", older), { code: "CodeMismatchException" });
    await page.confirm("grace", newer);
  });

  test("is refused with a wrong password, and an unknown person in the same words", async () => {
    const page = open();

    const wrong = await authenticate(page.person("alice"), "Wrong-Horse-9!").catch((error) => error);
    const unknown = await authenticate(page.person("nobody"), password).catch((error) => error);

    assert.equal(wrong.code, "NotAuthorizedException");
    assert.equal(wrong.message, "Incorrect username or password.");
    assert.deepEqual([unknown.code, unknown.message], [wrong.code, wrong.message]);
    assert.equal(page.current(), null);
    assert.equal((await authenticate(page.person("alice"), password)).asked, "onSuccess");
  });

  test("takes a name and a password that are not ASCII, byte for byte", async () => {
    const unicode = "Grüße-ÀÉ-あいう-😀-9!";
    await join("zoë", unicode);

    assert.equal((await authenticate(open().person("zoë"), unicode)).asked, "onSuccess");
    await assert.rejects(authenticate(open().person("zoë"), unicode.normalize("NFD")), { code: "NotAuthorizedException" });
  });

  test("the states of an account are refused by their names", async () => {
    for (const [username, code] of [["bob", "UserNotConfirmedException"], ["carol", "PasswordResetRequiredException"], ["dave", "NotAuthorizedException"]]) {
      await assert.rejects(authenticate(open().person(username), password), { code }, username);
    }
  });

  test("chooses a new password where the first was temporary", async () => {
    const user = open().person("nora");
    const { asked: question, values: [, required] } = await authenticate(user, "Temporary-Pass-1!");
    assert.equal(question, "newPasswordRequired");
    assert.deepEqual(required, ["name"]);

    const { asked } = await until((callbacks) => user.completeNewPasswordChallenge(password, { name: "Nora" }, callbacks));

    assert.equal(asked, "onSuccess");
    assert.equal((await authenticate(open().person("nora"), password)).asked, "onSuccess");
    await assert.rejects(authenticate(open().person("nora"), "Temporary-Pass-1!"), { code: "NotAuthorizedException" });
  });

  test("replaces a forgotten password with the code from the inbox", async () => {
    const user = open().person("alice");
    await until((callbacks) => user.forgotPassword(callbacks));

    const code = await server.code("alice@example.com");
    await until((callbacks) => user.confirmPassword(code, "Another-Horse-9!", callbacks));

    assert.equal((await authenticate(open().person("alice"), "Another-Horse-9!")).asked, "onSuccess");
    await assert.rejects(authenticate(open().person("alice"), password), { code: "NotAuthorizedException" });
  });

  test("refreshes, reads its attributes, and signs out for good", async () => {
    const page = open();
    const { values: [first] } = await authenticate(page.person("alice"), password);
    const user = page.current();
    await sessionOf(user);

    const second = await refreshed(user, first);

    assert.notEqual(second.getAccessToken().getJwtToken(), first.getAccessToken().getJwtToken());
    assert.equal(second.getAccessToken().payload.sub, first.getAccessToken().payload.sub);
    const attributes = await new Promise((resolve, reject) => user.getUserAttributes((error, found) => (error ? reject(error) : resolve(found))));
    assert.equal(attributes.find((attribute) => attribute.getName() === "email").getValue(), "alice@example.com");
    await new Promise((resolve) => user.signOut(resolve));
    await assert.rejects(refreshed(page.person("alice"), first), { code: "NotAuthorizedException" });
  });

  test("signs out everywhere", async () => {
    const here = open();
    const { values: [elsewhere] } = await authenticate(open().person("alice"), password);
    await authenticate(here.person("alice"), password);
    const user = here.current();
    await sessionOf(user);

    await until((callbacks) => user.globalSignOut(callbacks));

    await assert.rejects(refreshed(open().person("alice"), elsewhere), { code: "NotAuthorizedException" });
  });
});

// Other people's clients in a real browser, its CORS and storage included, against the dev-server.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { defaultPool } from "../e2e/lib/server.mjs";
import { bundleOthers, drive } from "./lib/others.mjs";
import { openDevServer } from "./lib/pool.mjs";
import { openSdk, skipReason } from "./lib/sdk.mjs";

const username = "alice";
const password = "Correct-Horse-9!";

describe("in a browser, against the dev-server,", { skip: skipReason() }, () => {
  let server;
  let browser;
  before(async () => {
    browser = await openSdk(undefined, { files: await bundleOthers() });
    server = await openDevServer({ args: ["--public-url", browser.recorder.url] });
    browser.recorder.forwardTo(server.url);
  });
  beforeEach(async () => {
    await server.reset();
    await browser.page.evaluate(() => localStorage.clear());
    await browser.page.open("/");
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const client of ["amazon-cognito-identity-js", "aws-amplify", "amazon-cognito-passwordless-auth"]) {
    const call = (verb, ...args) => drive(browser.page, client, { ...defaultPool, endpoint: browser.recorder.url }, verb, ...args);

    test(`${client} signs in, and is refused with a wrong password`, async () => {
      const refused = await call("signIn", { username, password: "Wrong-Horse-9!" }).catch((error) => error);
      assert.match(`${refused.name} ${refused.code} ${refused.message}`, /NotAuthorizedException|Incorrect username or password/);

      const token = await call("signIn", { username, password });

      const { username: name } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      assert.equal(name, username);
    });
  }

  for (const client of ["amazon-cognito-identity-js", "aws-amplify"]) {
    const call = (verb, ...args) => drive(browser.page, client, { ...defaultPool, endpoint: browser.recorder.url }, verb, ...args);

    test(`${client} refreshes and signs out`, async () => {
      const first = await call("signIn", { username, password });

      const second = await call("refresh");
      assert.notEqual(second, first);
      await call("signOut");

      assert.ok(browser.recorder.operations().includes("RevokeToken"));
      assert.deepEqual(await browser.page.evaluate(() => Object.keys(localStorage).filter((key) => key.endsWith("Token"))), []);
    });
  }
});

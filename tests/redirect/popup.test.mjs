// The window of a sign-in in a popup, where the code for it does not load.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { copyPackage, setGlobal } from "../effects/lib.mjs";
import { pageAt } from "./page.mjs";

for (const file of ["redirect", "popup"]) test(`a window whose code does not load is closed: ${file}.js`, async (t) => {
  pageAt("https://app.example/");
  const part = copyPackage(t, (folder) => rmSync(join(folder, `redirect/${file}.js`)));
  const { createAuth } = await part("index.js");
  const window = { isClosed: false, close() { this.isClosed = true; } };
  setGlobal(t, "open", () => window);
  const oauth = { domain: "login.example", redirectUris: ["https://app.example/"], popupUri: "https://app.example/bridge" };
  const auth = createAuth({ userPoolId: "eu-west-1_Ab12", clientId: "client1", oauth });

  await assert.rejects(auth.signInWithPopup(), { name: "AuthError", code: "wasmUnavailable", detail: /reload the page/, retryable: true });

  assert.equal(window.isClosed, true);
});

test("a window that the browser blocks is an error of its own, with nothing to close", async (t) => {
  pageAt("https://app.example/");
  const { createAuth } = await copyPackage(t)("index.js");
  setGlobal(t, "open", () => null);
  const auth = createAuth({ userPoolId: "eu-west-1_Ab12", clientId: "client1" });

  await assert.rejects(auth.signInWithPopup(), { name: "AuthError", code: "popupBlocked" });
});

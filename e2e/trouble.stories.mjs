// When the pool is away, slow or not the pool at all: what the demo page says, and that nothing is lost.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { demoDist } from "../scripts/lib/demo.mjs";
import { assertNoSession, part, password, seeError, seeSignedIn, seeView, submit, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";

/** The built demo's WebAssembly, as a file and as text: the names hold a hash. */
const wasmPaths = readdirSync(join(demoDist, "assets")).filter((name) => /\.wasm$|^wasm-text.*\.js$/.test(name)).map((name) => `/assets/${name}`);
assert.equal(wasmPaths.length, 2);

stories("trouble", {}, (story) => {
  story("a server that is down is told, and the next try works", async ({ page, server }) => {
    await page.open("/");
    await seeView(page, "sign-in");
    await server.stop();
    try {
      await submitSignIn(page, "alice", password);
      assert.match(await seeError(page, "network", { timeoutMs: 40_000 }), /cannot be reached/);
    } finally {
      await server.start();
    }

    await submit(page);

    await seeSignedIn(page, "alice");
  });

  story("a slow server can be aborted, and nobody is signed in", async ({ page, server }) => {
    await server.faults({ operation: "InitiateAuth", kind: "delay", ms: 20_000 });
    await page.open("/");

    await submitSignIn(page, "alice", password);
    await page.click(await part(page, "cancel"));

    assert.match(await seeError(page, "aborted"), /canceled/i);
    await assertNoSession(page);
    await server.clearFaults();
    await submit(page);
    await seeSignedIn(page, "alice");
  });

  story("Escape cancels, too", async ({ page, server }) => {
    await server.faults({ operation: "InitiateAuth", kind: "delay", ms: 20_000 });
    await page.open("/");
    await submitSignIn(page, "alice", password);
    await part(page, "cancel");

    await (await part(page, "password")).sendKeys("\uE00C");

    await seeError(page, "aborted");
  });

  story("the password is not sent twice while the first try runs", async ({ page, server }) => {
    await server.faults({ operation: "InitiateAuth", kind: "delay", ms: 1_500, times: 1 });
    await page.open("/");
    await submitSignIn(page, "alice", password);

    await submit(page);
    await submit(page);

    await seeSignedIn(page, "alice");
    assert.equal((await server.counters()).InitiateAuth, 1);
  });

  story("a busy service is tried again by itself", async ({ page, server }) => {
    await server.faults({ operation: "InitiateAuth", kind: "status", status: 429, times: 1 });
    await page.open("/");

    await submitSignIn(page, "alice", password);

    await seeSignedIn(page, "alice");
  });

  story("a captive portal's page is not taken for an answer", async ({ page, server }) => {
    await server.faults({ operation: "*", kind: "html" });
    await page.open("/");

    await submitSignIn(page, "alice", password);

    assert.match(await seeError(page, "protocolViolation"), /sign-in page of its own/);
    await assertNoSession(page);
  });

  story("half a reply is not taken for an answer", async ({ page, server }) => {
    await server.faults({ operation: "RespondToAuthChallenge", kind: "malformed" });
    await page.open("/");

    await submitSignIn(page, "alice", password);

    await seeError(page, "protocolViolation");
    await assertNoSession(page);
  });

  story("signing out without a connection signs out here", async ({ page, server }) => {
    await page.open("/");
    await submitSignIn(page, "alice", password);
    await seeSignedIn(page, "alice");
    await server.stop();
    try {
      await submit(page);

      await seeView(page, "sign-in");
      await page.see("The pool could not be told");
      await assertNoSession(page);
    } finally {
      await server.start();
    }
  }, { timeoutMs: 120_000 });

  story("a part of the page that does not load is told", async ({ page }) => {
    await page.open("/");

    await page.see("did not load");
  }, { siteOptions: { files: Object.fromEntries(wasmPaths.map((path) => [path, { status: 404, body: "not here" }])) } });

  for (const [what, config, code] of [
    ["pool id", { userPoolId: "not a pool" }, "misuse"],
    ["client id", { clientId: "no client!" }, "misuse"],
    ["endpoint", { endpoint: "ftp://example.com" }, "misuse"],
    ["plain http endpoint elsewhere", { endpoint: "http://example.com" }, "misuse"],
  ]) {
    story(`a wrong ${what} is told to whoever set the page up`, async ({ page }) => {
      await page.open("/");

      await seeView(page, "trouble");

      await page.see("set up wrongly");
      const detail = await page.evaluate(() => document.querySelector('[data-testid="trouble-detail"]').textContent);
      assert.ok(detail.startsWith(`${code}: `), detail);
    }, { siteOptions: { config } });
  }

  story("a page without its config.json says so", async ({ page }) => {
    await page.open("/");

    await seeView(page, "trouble");

    await page.see("not set up");
  }, { siteOptions: { files: { "/config.json": { status: 404, body: "not here" } } } });

  story("where the browser refuses storage, a person can sign in and out all the same", async ({ page }) => {
    await page.open("/");
    await seeView(page, "sign-in");
    await page.evaluate(() => {
      const refuse = () => { throw new DOMException("denied", "SecurityError"); };
      // A window's own properties: deleted, they would be gone for good.
      globalThis.kept = ["localStorage", "sessionStorage"].map((name) => [name, Object.getOwnPropertyDescriptor(window, name)]);
      for (const [name] of globalThis.kept) Object.defineProperty(window, name, { get: refuse, configurable: true });
    });

    await submitSignIn(page, "alice", password);
    await seeSignedIn(page, "alice");
    await submit(page);

    await seeView(page, "sign-in");
    await page.evaluate(() => {
      for (const [name, descriptor] of globalThis.kept) Object.defineProperty(window, name, descriptor);
    });
  });
});

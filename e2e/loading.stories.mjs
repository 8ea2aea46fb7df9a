// How the package gets its WebAssembly, and what it says when it cannot: on a bare page, without a bundler.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packedPackage } from "../scripts/lib/pack.mjs";
import { stories } from "./lib/stories.mjs";

const wasmPath = "/package/dist/lifeguard_bg.wasm";
const wasm = readFileSync(join(packedPackage, "dist/lifeguard_bg.wasm"));

/** In the page: makes a client, loads the core, tells how that went. */
async function preload() {
  const { createAuth, AuthError } = await import("lifeguard-cognito");
  globalThis.auth ??= createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
  try {
    await globalThis.auth.preload();
    return "loaded";
  } catch (error) {
    return error instanceof AuthError ? error.code : `not an AuthError: ${error}`;
  }
}

/** A page under a content security policy: its own script does what `preload` does, since the policy forbids eval. */
const policed = (policy) => ({
  "/policed": {
    type: "text/html",
    headers: { "content-security-policy": policy },
    body: '<!doctype html><html lang="en"><head><title>policed</title><script type="module" src="/policed.js"></script></head><body>waiting</body></html>',
  },
  "/policed.js": {
    body: `import { createAuth } from "/package/dist/index.js";
      const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
      auth.preload().then(() => "loaded", (error) => error.code).then((text) => { document.body.textContent = text; });`,
  },
});

stories("loading", { site: "bare", server: false }, (story) => {
  story("importing loads no WebAssembly, the first call does, once", async ({ page }) => {
    await page.open("/");

    const [imported, called, again] = await page.evaluate(async () => {
      const count = () => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm")).length;
      const { createAuth } = await import("lifeguard-cognito");
      const first = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
      const second = createAuth({ userPoolId: "eu-west-1_Other", clientId: "lifeguarddemoclient0000002" });
      const counts = [count()];
      await Promise.all([first.preload(), first.preload(), second.preload()]);
      counts.push(count());
      await first.preload();
      return [...counts, count()];
    });

    assert.deepEqual({ imported, called, again }, { imported: 0, called: 1, again: 1 });
  });

  story("a call that has ended leaves nothing in the memory of the core, and the next one goes on", async ({ page }) => {
    await page.open("/");

    const { codes, seen, left } = await page.evaluate(async () => {
      const password = "Wipe-Me-7-Times!";
      const memories = [];
      const { instantiate } = WebAssembly;
      WebAssembly.instantiate = async (...args) => {
        const instance = await instantiate(...args);
        memories.push(instance.exports.memory);
        return instance;
      };
      const text = ({ buffer }) => new TextDecoder("latin1").decode(buffer);
      const whileCalling = [];
      globalThis.fetch = new Proxy(globalThis.fetch, {
        apply(target, self, args) {
          if (String(args[0]).includes(":1/")) whileCalling.push(text(memories.at(-1)).includes(password));
          return Reflect.apply(target, self, args);
        },
      });
      const { createAuth } = await import("lifeguard-cognito");
      const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001", endpoint: "http://localhost:1" });
      const failure = () => auth.signIn({ username: "alice", password }).catch(({ code }) => code);
      const told = [...(await Promise.all([failure(), failure()])), await failure()];
      return { codes: told, seen: whileCalling, left: memories.map((memory) => /[^\0]/.test(text(memory))) };
    });

    assert.deepEqual(codes, ["network", "network", "network"]);
    assert.ok(seen.length >= 3 && seen.every(Boolean), "the password is there while it is needed");
    assert.deepEqual(left, [false, false]);
  });

  story("a wrong MIME type does not matter", async ({ page }) => {
    await page.open("/");

    assert.equal(await page.evaluate(preload), "loaded");
  }, { siteOptions: { files: { [wasmPath]: { type: "text/plain", body: wasm } } } });

  let missing = true;
  story("a missing file is told, and the next call tries again", async ({ page }) => {
    missing = true;
    await page.open("/");

    assert.equal(await page.evaluate(preload), "wasmUnavailable");
    missing = false;

    assert.equal(await page.evaluate(preload), "loaded");
  }, { siteOptions: { files: { [wasmPath]: () => (missing ? { status: 404, body: "not here" } : null) } } });

  story("a page in the file's place is told", async ({ page }) => {
    await page.open("/");

    assert.equal(await page.evaluate(preload), "wasmUnavailable");
  }, { siteOptions: { files: { [wasmPath]: { type: "text/html", body: "<!doctype html><title>portal</title>" } } } });

  story("a strict policy with wasm-unsafe-eval and Trusted Types is enough", async ({ page }) => {
    await page.open("/policed");

    await page.see("loaded");
  }, {
    siteOptions: {
      files: policed("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"),
    },
  });

  story("a policy that forbids WebAssembly is told", async ({ page }) => {
    await page.open("/policed");

    await page.see("wasmUnavailable");
  }, { siteOptions: { files: policed("default-src 'none'; script-src 'self'; connect-src 'self'") } });

  story("without WebAssembly the call says so", async ({ page }) => {
    await page.open("/");

    await page.evaluate(() => { delete globalThis.WebAssembly; });

    assert.equal(await page.evaluate(preload), "wasmUnavailable");
  });

  story("bytes, a compiled module and an address of one's own are taken", async ({ page, site }) => {
    for (const kind of ["address", "url", "bytes", "promise", "response", "module"]) {
      // A fresh page each: one core serves all clients of a page.
      await page.open("/");

      const result = await page.evaluate(async (wanted) => {
        const path = "/elsewhere.wasm";
        const bytes = () => fetch(path).then((reply) => reply.arrayBuffer());
        const sources = {
          address: () => path,
          url: () => new URL(path, location.href),
          bytes,
          promise: () => ({ promise: bytes() }),
          response: () => fetch(path),
          module: async () => WebAssembly.compile(await bytes()),
        };
        const source = await sources[wanted]();
        const { createAuth } = await import("lifeguard-cognito");
        const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001", wasm: source.promise ?? source });
        return auth.preload().then(() => "loaded", (error) => `${error.code} ${error.detail ?? ""}`);
      }, kind);

      assert.equal(result, "loaded", kind);
    }
    assert.equal(site.requests.filter((path) => path === wasmPath).length, 0);
  }, {
    siteOptions: {
      files: { [wasmPath]: { status: 404, body: "not here" }, "/elsewhere.wasm": { type: "application/wasm", body: wasm } },
    },
  });
});

stories("memory", { site: "bare" }, (story) => {
  story("nothing of a sign-in stays in the memory of the WebAssembly", async ({ page, server }) => {
    await page.open("/");

    const { status, before, after } = await page.evaluate(async (endpoint, password) => {
      const { instantiate } = WebAssembly;
      let memory;
      WebAssembly.instantiate = async (...args) => {
        const instance = await instantiate(...args);
        memory = instance.exports.memory;
        return instance;
      };
      const bytesInUse = () => new Uint8Array(memory.buffer).reduce((count, byte) => count + (byte === 0 ? 0 : 1), 0);
      const { createAuth } = await import("lifeguard-cognito");
      const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001", endpoint });
      await auth.preload();
      const used = bytesInUse();
      const result = await auth.signIn({ username: "alice", password });
      return { status: result.status, before: used, after: bytesInUse() };
    }, server.url, "Correct-Horse-9!");

    assert.equal(status, "signedIn");
    assert.ok(before > 10_000, String(before));
    assert.equal(after, 0);
  });
});

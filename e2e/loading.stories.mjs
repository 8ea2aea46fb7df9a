// How the package gets its WebAssembly, and what it says when it cannot: on a bare page, without a bundler.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packedPackage } from "../scripts/lib/pack.mjs";
import { stories } from "./lib/stories.mjs";

const wasmPath = "/package/dist/lifeguard_bg.wasm";
const corePath = "/package/dist/core/core.js";
/** The same bytes as text, for where there is no file. */
const textPath = "/package/dist/core/wasm-text.js";
/** The core as JavaScript, for where no WebAssembly may run. */
const javascriptPath = "/package/dist/core/wasm2js.js";
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
    assert.ok(left.length >= 2 && !left.includes(true), "every instance is wiped");
  });

  story("a wrong MIME type does not matter", async ({ page }) => {
    await page.open("/");

    assert.equal(await page.evaluate(preload), "loaded");
  }, { siteOptions: { files: { [wasmPath]: { type: "text/plain", body: wasm } } } });

  for (const [what, file] of [
    ["a file that is missing", { status: 404, body: "not here" }],
    ["a page in the file's place", { type: "text/html", body: "<!doctype html><title>portal</title>" }],
  ])
    story(`${what} is replaced by the same bytes as text`, async ({ page }) => {
      await page.open("/");

      assert.equal(await page.evaluate(preload), "loaded");
      const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
      assert.ok(loaded.includes(textPath), loaded.join());
    }, { siteOptions: { files: { [wasmPath]: file } } });

  story("a policy that forbids the file's address is no obstacle", async ({ page }) => {
    await page.open("/policed");

    await page.see("loaded");
  }, { siteOptions: { files: policed("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'") }, expectErrors: true });

  let arrive = () => {};
  story("a call whose code does not come from the server is aborted at once, and the next one goes on when it does", async ({ page }) => {
    await page.open("/");

    const code = await page.evaluate(async () => {
      const { createAuth } = await import("lifeguard-cognito");
      globalThis.auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001" });
      return auth.session({ forceRefresh: true, signal: AbortSignal.timeout(300) }).then(() => "done", ({ code }) => code);
    });
    assert.equal(code, "aborted");
    await page.evaluate(() => { globalThis.next = auth.session({ forceRefresh: true }); });
    arrive();
    assert.equal(await page.evaluate(() => globalThis.next), null);
  }, {
    siteOptions: { files: { [corePath]: () => new Promise((resolve) => { arrive = () => resolve(null); }) } },
  });

  let missing = true;
  story("a file that is missing in both forms is told, and the next call tries again", async ({ page }) => {
    missing = true;
    await page.open("/");

    assert.equal(await page.evaluate(preload), "wasmUnavailable");
    missing = false;

    assert.equal(await page.evaluate(preload), "loaded");
  }, {
    siteOptions: {
      files: Object.fromEntries([wasmPath, textPath].map((path) => [path, () => (missing ? { status: 404, body: "not here" } : null)])),
    },
  });

  story("a page in the place of both is told", async ({ page }) => {
    await page.open("/");

    assert.equal(await page.evaluate(preload), "wasmUnavailable");
  }, {
    siteOptions: {
      files: Object.fromEntries([wasmPath, textPath].map((path) => [path, { type: "text/html", body: "<!doctype html><title>portal</title>" }])),
    },
  });

  story("a strict policy with wasm-unsafe-eval and Trusted Types is enough", async ({ page }) => {
    await page.open("/policed");

    await page.see("loaded");
  }, {
    siteOptions: {
      files: policed("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"),
    },
  });

  story("under a policy that forbids WebAssembly and eval, the core comes as JavaScript", async ({ page }) => {
    await page.open("/policed");

    await page.see("loaded");
    // The policy forbids the harness's own eval, too.
    const loaded = await page.script('return performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)');
    assert.ok(loaded.includes(javascriptPath), loaded.join());
    assert.ok(!loaded.includes(wasmPath) && !loaded.includes(textPath), loaded.join());
  }, { siteOptions: { files: policed("default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'") }, expectErrors: true });

  story("a policy that forbids WebAssembly is told where the JavaScript is missing", async ({ page }) => {
    await page.open("/policed");

    await page.see("wasmUnavailable");
  }, { siteOptions: { files: { ...policed("default-src 'none'; script-src 'self'; connect-src 'self'"), [javascriptPath]: { status: 404, body: "not here" } } }, expectErrors: true });

  story("without WebAssembly the core comes as JavaScript, also where the option wasm names a file", async ({ page }) => {
    for (const wasm of [undefined, "/nowhere.wasm"]) {
      await page.open("/");

      const result = await page.evaluate(async (wasm) => {
        delete globalThis.WebAssembly;
        const { createAuth } = await import("lifeguard-cognito");
        const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001", ...(wasm && { wasm }) });
        return auth.preload().then(() => "loaded", (error) => `${error.code} ${error.detail ?? ""}`);
      }, wasm);

      assert.equal(result, "loaded", String(wasm));
    }
  });

  story("with WebAssembly no JavaScript is loaded in its place", async ({ page }) => {
    await page.open("/");

    assert.equal(await page.evaluate(preload), "loaded");
    const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
    assert.ok(!loaded.some((path) => path.includes("wasm2js") || path.includes("without-wasm")), loaded.join());
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

/* In the page: does what takes secrets, and counts the bytes that the core's memories hold meanwhile and afterwards. */
async function useMemory({ endpoint, password, calls, isJavascript }) {
  const memories = [];
  if (isJavascript) {
    delete globalThis.WebAssembly;
    globalThis.ArrayBuffer = new Proxy(ArrayBuffer, {
      construct(target, args) {
        const buffer = new target(...args);
        if (args[0] >= 65_536) memories.push({ buffer });
        return buffer;
      },
    });
  } else {
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...args) => {
      const instance = await instantiate(...args);
      memories.push(instance.exports.memory);
      return instance;
    };
  }
  const bytesInUse = ({ buffer }) => new Uint8Array(buffer).reduce((count, byte) => count + (byte === 0 ? 0 : 1), 0);
  let during = 0;
  globalThis.fetch = new Proxy(globalThis.fetch, {
    apply(target, self, args) {
      if (String(args[0]).startsWith(endpoint)) during = Math.max(during, bytesInUse(memories.at(-1)));
      return Reflect.apply(target, self, args);
    },
  });
  const { createAuth } = await import("lifeguard-cognito");
  const auth = createAuth({ userPoolId: "eu-west-1_LifeGuard", clientId: "lifeguarddemoclient0000001", endpoint });
  const all = {
    signIn: () => auth.signIn({ username: "alice", password }),
    refresh: () => auth.session({ forceRefresh: true }),
    changePassword: () => auth.changePassword({ previousPassword: password, newPassword: `${password}2` }),
    signOut: () => auth.signOut(),
  };
  const rows = [];
  for (const name of calls) {
    during = 0;
    await all[name]();
    rows.push([name, during, Math.max(...memories.map(bytesInUse))]);
  }
  return { rows, sizes: new Set(memories.map(({ buffer }) => buffer.byteLength)).size };
}

function assertWiped(rows, calls) {
  assert.equal(rows.length, calls.length);
  for (const [name, during, after] of rows) {
    assert.ok(during > 10_000, `${name}: ${during}`);
    assert.equal(after, 0, name);
  }
}

stories("memory", { site: "bare" }, (story) => {
  const password = "Correct-Horse-9!";

  story("nothing of a sign-in, a refresh, a changed password or a sign-out stays in the memory of the WebAssembly", async ({ page, server }) => {
    const calls = ["signIn", "refresh", "changePassword", "signOut"];
    await page.open("/");

    const { rows } = await page.evaluate(useMemory, { endpoint: server.url, password, calls });

    assertWiped(rows, calls);
  });

  story("nor does it in the memories of the core as JavaScript, those that became too small included", async ({ page, server }) => {
    const calls = ["signIn", "refresh", "signOut"];
    await page.open("/");

    const { rows, sizes } = await page.evaluate(useMemory, { endpoint: server.url, password, calls, isJavascript: true });

    assertWiped(rows, calls);
    assert.ok(sizes > 1, "a memory was replaced by a larger one");
  });
});

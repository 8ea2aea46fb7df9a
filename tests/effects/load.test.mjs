// Loading the real core: from wherever it can be had, and what is said where it cannot.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { mock, test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build, transform } from "esbuild";
import { copyPackage, dist, emptyWasm, setGlobal } from "./lib.mjs";

const file = readFileSync(join(dist, "lifeguard_bg.wasm"));
const options = { userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example23456789abcdefghij", storage: "memory" };
const html = () => new Response("<!doctype html><title>app</title>", { headers: { "content-type": "text/html" } });

async function coreOf(part, more) {
  const { createCore } = await part("core/core.js");
  const { createHost } = await part("effects/host.js");
  const all = { ...options, ...more };
  return createCore(all, createHost(all), () => {});
}

/** Calls the core with what only the core refuses: it runs. */
const runs = (core) => assert.rejects(core.call("answer", { id: "x", answer: {} }), { name: "AuthError", code: "misuse" });
const withoutText = (folder) => rmSync(join(folder, "core/wasm-text.js"));
const withoutJavascript = (folder) => rmSync(join(folder, "core/wasm2js.js"));

for (const [what, answer] of [
  ["the file", () => new Response(file)],
  ["the file under a wrong type", () => new Response(file, { headers: { "content-type": "text/plain" } })],
  ["a page of HTML", html],
  ["status 404", () => new Response("", { status: 404 })],
  ["the file's bytes with status 500", () => new Response(file, { status: 500 })],
  ["nothing at all", () => new Response("")],
]) {
  test(`the core runs where the server answers with ${what}`, async (t) => {
    const asked = [];
    setGlobal(t, "fetch", async (address) => (asked.push(String(address)), answer()));

    await runs(await coreOf(copyPackage(t)));

    assert.equal(asked.length, 1);
    assert.match(asked[0], /\/lifeguard_bg\.wasm$/);
  });
}

test("the core runs where a policy forbids the fetch, or there is no fetch", async (t) => {
  setGlobal(t, "fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await runs(await coreOf(copyPackage(t)));

  setGlobal(t, "fetch", undefined);
  await runs(await coreOf(copyPackage(t)));
});

/** Counts what is asked of the server, which has the file. */
function askedOf(t) {
  const asked = [];
  setGlobal(t, "fetch", async (address) => (asked.push(String(address)), new Response(file)));
  return asked;
}

test("the file is asked for while the code that runs it is still on its way", async (t) => {
  const part = copyPackage(t, (folder) => writeFileSync(join(folder, "core/core.js"), "await new Promise(() => setTimeout(() => {}, 1e9).unref());"));
  const { createAuth } = await part("index.js");
  const asked = askedOf(t);

  createAuth(options)
    .preload()
    .catch(() => {});
  while (asked.length === 0) await new Promise((next) => setTimeout(next));

  assert.match(asked[0], /\/lifeguard_bg\.wasm$/);
});

test("the file is asked for once, whatever number of clients and calls there are", async (t) => {
  const { createAuth } = await copyPackage(t)("index.js");
  const asked = askedOf(t);

  const all = [createAuth(options), createAuth({ ...options, clientId: "2example23456789abcdefghij" })];
  await Promise.all(all.flatMap((auth) => [auth.preload(), auth.preload(), auth.session({ forceRefresh: true })]));

  assert.equal(asked.length, 1);
});

test("the file is not asked for where the option wasm names another", async (t) => {
  const { createAuth } = await copyPackage(t)("index.js");
  setGlobal(t, "fetch", () => assert.fail("fetched"));

  await createAuth({ ...options, wasm: new Uint8Array(file) }).preload();
});

test("the text is not loaded where the file is there", async (t) => {
  setGlobal(t, "fetch", async () => new Response(file));

  await runs(await coreOf(copyPackage(t, withoutText)));
});

test("a bundle without import.meta runs: esbuild's default format", async (t) => {
  const contents = 'import { createCore } from "./core/core.js";\nimport { createHost } from "./effects/host.js";\nglobalThis.bundled = { createCore, createHost };';
  const { outputFiles } = await build({ stdin: { contents, resolveDir: dist }, bundle: true, minify: true, write: false, logLevel: "silent" });
  t.after(() => delete globalThis.bundled);

  new Function(outputFiles[0].text)();

  const { createCore, createHost } = globalThis.bundled;
  await runs(createCore(options, createHost(options), () => {}));
});

test("the text is the file, through esbuild's minifier too, and at most 6 % larger after brotli", async () => {
  const source = readFileSync(join(dist, "core/wasm-text.js"), "utf8");
  const bytesOf = async (code) => Buffer.from((await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`)).text, "latin1");

  assert.ok(file.equals(await bytesOf(source)));
  for (const charset of ["ascii", "utf8"]) {
    const { code } = await transform(source, { minify: true, charset, format: "esm" });
    assert.ok(file.equals(await bytesOf(code)), charset);
  }
  assert.ok(brotliCompressSync(source).length < brotliCompressSync(file).length * 1.06);
});

test("a failed load is forgotten: the next call tries again", async (t) => {
  const core = await coreOf(copyPackage(t, withoutText));
  setGlobal(t, "fetch", async () => html());
  await assert.rejects(core.call("wake"), { name: "AuthError", code: "wasmUnavailable", detail: /reload the page/ });
  assert.equal(core.isLoaded(), false);

  setGlobal(t, "fetch", async () => new Response(file));
  await runs(core);
  assert.equal(core.isLoaded(), true);
});

test("once loaded, calls need no file any more: a deployment may remove them all", async (t) => {
  const core = await coreOf(copyPackage(t));
  setGlobal(t, "fetch", async () => new Response(file));
  await core.preload();
  setGlobal(t, "fetch", () => Promise.reject(new TypeError("Failed to fetch")));

  await runs(core);
  assert.equal(await core.call("session"), null);
  assert.equal((await core.call("signOut")).cleared, true);
});

for (const [what, source] of [
  ["a URL", (url) => new URL(url)],
  ["an address as text", (url) => url],
  ["a response", (url) => fetch(url)],
  ["bytes", () => new Uint8Array(file)],
  ["a module", () => new WebAssembly.Module(file)],
  ["a promise", (url) => Promise.resolve(url)],
]) {
  test(`the option wasm takes ${what}`, async (t) => {
    const server = createServer((_, response) => response.end(file));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());

    await runs(await coreOf(copyPackage(t, withoutText), { wasm: await source(`http://127.0.0.1:${server.address().port}/`) }));
  });
}

test("the cause is told: offline, gone, a damaged file", async (t) => {
  const failure = async (wasm) => (await coreOf(copyPackage(t), { wasm })).call("wake").then(assert.fail, (error) => error);
  const rejected = (cause) => {
    const promise = Promise.reject(cause);
    promise.catch(() => {});
    return promise;
  };

  const gone = await failure(new Response("", { status: 404 }));
  assert.deepEqual([gone.code, gone.retryable], ["wasmUnavailable", false]);
  assert.match(gone.detail, /reload/);
  assert.match((await failure(Uint8Array.of(0, 97, 115, 109))).detail, /damaged/);

  setGlobal(t, "navigator", { onLine: false });
  const offline = await failure(rejected(new TypeError("Failed to fetch")));
  assert.deepEqual([offline.code, offline.retryable], ["wasmUnavailable", true]);
  assert.match(offline.detail, /offline/);
});

/** Browsers and policies that run no WebAssembly, each as it shows itself, and what is said of it where nothing else loads. */
const withoutWasm = [
  ["no WebAssembly", (t) => setGlobal(t, "WebAssembly", undefined), /no WebAssembly with SIMD/],
  ["a policy that forbids it", (t) => refuseToCompile(t, "WebAssembly.compile(): blocked by Content Security Policy"), /wasm-unsafe-eval/],
  ["no SIMD", (t) => (refuseToCompile(t, "invalid opcode 0xfd"), mock.method(WebAssembly, "validate", () => false)), /no WebAssembly with SIMD/],
];

function refuseToCompile(t, message) {
  mock.method(WebAssembly, "compile", () => Promise.reject(new WebAssembly.CompileError(message)));
  t.after(() => mock.restoreAll());
}

for (const [what, arrange, detail] of withoutWasm) {
  test(`${what}: the core runs as JavaScript, and the file is not fetched`, async (t) => {
    const core = await coreOf(copyPackage(t, withoutText));
    setGlobal(t, "fetch", () => assert.fail("fetched"));
    arrange(t);

    await core.preload();

    assert.equal(core.isLoaded(), true);
    await runs(core);
    await runs(core);
  });

  test(`${what}: the option wasm does not hinder it`, async (t) => {
    const core = await coreOf(copyPackage(t), { wasm: emptyWasm });
    arrange(t);

    await runs(core);
  });

  test(`${what}: that is said where the JavaScript does not load, and a repeat may help`, async (t) => {
    const core = await coreOf(copyPackage(t, withoutJavascript));
    arrange(t);

    await assert.rejects(core.call("wake"), { name: "AuthError", code: "wasmUnavailable", retryable: true, detail });
    assert.equal(core.isLoaded(), false);
  });

  test(`${what}, and no BigInt: an error that no repeat mends`, async (t) => {
    const core = await coreOf(copyPackage(t));
    arrange(t);
    setGlobal(t, "BigInt", undefined);

    await assert.rejects(core.call("wake"), { name: "AuthError", code: "wasmUnavailable", retryable: false, detail: /neither WebAssembly with SIMD nor BigInt/ });
  });
}

test("the JavaScript is not loaded where there is WebAssembly", async (t) => {
  setGlobal(t, "fetch", async () => new Response(file));

  await runs(await coreOf(copyPackage(t, withoutJavascript)));
});

test("a page without Web Crypto is told so", async (t) => {
  const core = await coreOf(copyPackage(t), { wasm: emptyWasm });
  setGlobal(t, "crypto", undefined);

  await assert.rejects(core.call("wake"), { name: "AuthError", code: "cryptoUnavailable" });
});

for (const [what, hang, more] of [
  ["never answers", () => new Promise(() => {})],
  ["begins to answer and stops", async () => new Response(new ReadableStream({ start: (reply) => reply.enqueue(file.subarray(0, 100)) }))],
  ["never answers at the address of the option wasm", () => new Promise(() => {}), { wasm: "https://example.com/own.wasm" }],
])
  test(`a server that ${what}: the call rejects in time, and a repeat may help`, async (t) => {
    let isAsked = () => {};
    const asked = new Promise((resolve) => (isAsked = resolve));
    setGlobal(t, "fetch", () => (isAsked(), hang()));
    const core = await coreOf(copyPackage(t), more);
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());

    const call = assert.rejects(core.call("wake"), { code: "wasmUnavailable", retryable: true, detail: /in time/ });
    await asked;
    mock.timers.tick(30_000);
    await call;

    mock.timers.reset();
    setGlobal(t, "fetch", async () => new Response(file));
    await runs(core);
  });

test("a sign-in runs through the real core: what the service refuses comes back with its code", async (t) => {
  const targets = [];
  const server = createServer((request, response) => {
    targets.push(request.headers["x-amz-target"]);
    response.writeHead(400, { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": "NotAuthorizedException" });
    response.end('{"__type":"NotAuthorizedException","message":"Incorrect username or password."}');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const core = await coreOf(copyPackage(t), { endpoint: `http://localhost:${server.address().port}/` });
  await core.preload();

  await assert.rejects(core.call("signIn", { username: "u", password: "p", store: "local" }), { code: "incorrectCredentials", service: { name: "NotAuthorized", message: "Incorrect username or password." } });

  assert.deepEqual(targets, ["AWSCognitoIdentityProviderService.InitiateAuth"]);
});

for (const [what, path, arrange] of [
  ["text", "core/wasm-text.js", (t) => setGlobal(t, "fetch", async () => html())],
  ["JavaScript", "core/without-wasm.js", (t) => setGlobal(t, "WebAssembly", undefined)],
])
  test(`a server that never answers where the core comes as ${what}: the call rejects in time, and a repeat may help`, async (t) => {
    const asked = new Promise((resolve) => setGlobal(t, "partIsAsked", resolve));
    const hang = (folder) => writeFileSync(join(folder, path), "globalThis.partIsAsked();\nawait new Promise(() => {});\n");
    const core = await coreOf(copyPackage(t, hang));
    arrange(t);
    mock.timers.enable({ apis: ["setTimeout"] });
    t.after(() => mock.timers.reset());

    const call = assert.rejects(core.call("wake"), { code: "wasmUnavailable", retryable: true, detail: /in time/ });
    await asked;
    mock.timers.tick(30_000);
    await call;
    assert.equal(core.isLoaded(), false);
  });

// The effect `send`, against a real server.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { send } from "../../dist/effects/fetch.js";
import { copyPackage, countedSignal, setGlobal } from "./lib.mjs";

let server;
let url;
let answer;
before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => answer(request, response, body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const request = (more) => ({ url, headers: [["content-type", "application/x-amz-json-1.1"], ["x-amz-target", "A.B"]], body: '{"a":1}', timeoutMs: 5_000, ...more });

test("a request is a POST with the headers and the body of the effect", async () => {
  let got;
  answer = (request, response, body) => {
    got = { method: request.method, type: request.headers["content-type"], target: request.headers["x-amz-target"], cookie: request.headers.cookie, body };
    response.end();
  };

  await send(request());

  assert.deepEqual(got, { method: "POST", type: "application/x-amz-json-1.1", target: "A.B", cookie: undefined, body: '{"a":1}' });
});

test("a reply has its status, the service's headers, its date in Unix seconds and its body", async () => {
  answer = (_, response) => {
    response.writeHead(400, { "x-amzn-errortype": "E", "x-amzn-errormessage": "M", "retry-after": "3", date: "Thu, 01 Jan 1970 00:01:00 GMT" });
    response.end("text");
  };

  assert.deepEqual(await send(request()), { status: 400, errorType: "E", errorMessage: "M", retryAfter: "3", date: 60, body: "text" });
});

test("headers that are not there are left out of the answer", async () => {
  answer = (_, response) => {
    response.sendDate = false;
    response.end("{}");
  };

  assert.deepEqual(JSON.parse(JSON.stringify(await send(request()))), { status: 200, date: null, body: "{}" });
});

test("where the service's date cannot be read, that of the page's own server counts, by one request a minute", async (t) => {
  const heads = [];
  const own = createServer((request, response) => {
    heads.push(`${request.method} ${request.url}`);
    response.writeHead(404, { date: "Thu, 01 Jan 1970 00:01:00 GMT", age: "40" });
    response.end();
  });
  await new Promise((resolve) => own.listen(0, "127.0.0.1", resolve));
  t.after(() => own.close());
  t.after(() => own.closeAllConnections());
  answer = (_, response) => {
    response.sendDate = false;
    response.end("{}");
  };
  const { send } = await copyPackage(t)("effects/fetch.js");

  setGlobal(t, "location", { origin: `http://127.0.0.1:${own.address().port}`, search: "?code=secret" });
  const dates = [(await send(request())).date, (await send(request())).date];

  for (const date of dates) assert.ok(date >= 100 && date < 110, String(date));
  assert.deepEqual(heads, ["HEAD /"]);
});

test("a server that does not answer in time is a timeout, also in the middle of its body", async () => {
  answer = () => {};
  assert.deepEqual(await send(request({ timeoutMs: 30 })), { error: "timeout" });

  answer = (_, response) => void response.write("half");
  assert.deepEqual(await send(request({ timeoutMs: 100 })), { error: "timeout" });
});

test("an abort ends the request, and its listener does not stay", async () => {
  const { controller, signal, count } = countedSignal();
  answer = () => controller.abort();

  assert.deepEqual(await send(request(), signal), { error: "aborted" });
  assert.equal(count.removed, count.added);
});

test("a request that was aborted before is not sent", async () => {
  let isSent = false;
  answer = (_, response) => {
    isSent = true;
    response.end();
  };

  assert.deepEqual(await send(request(), AbortSignal.abort()), { error: "aborted" });
  assert.equal(isSent, false);
});

test("no listener stays after a reply", async () => {
  const { signal, count } = countedSignal();
  answer = (_, response) => response.end();

  await send(request(), signal);

  assert.equal(count.removed, count.added);
});

test("what cannot be reached is the network, or the device's connection", async (t) => {
  assert.deepEqual(await send(request({ url: "http://127.0.0.1:1/" })), { error: "network" });

  setGlobal(t, "navigator", { onLine: false });
  assert.deepEqual(await send(request({ url: "http://127.0.0.1:1/" })), { error: "offline" });
});

test("an environment without fetch is a failure of the network, not a crash", async (t) => {
  setGlobal(t, "fetch", undefined);

  assert.deepEqual(await send(request()), { error: "network" });
});

test("no cookies travel with a request, and no reply is cached", async () => {
  const { fetch } = globalThis;
  let given;
  globalThis.fetch = async (_, init) => {
    given = init;
    return new Response("{}");
  };
  try {
    await send({ url: "https://pool.invalid/", headers: [], body: "{}", timeoutMs: 1_000 });
  } finally {
    globalThis.fetch = fetch;
  }

  assert.deepEqual([given.credentials, given.cache], ["omit", "no-store"]);
});

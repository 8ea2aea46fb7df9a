// `auth.signedFetch` and `auth.presign` in Node, the built package's WebAssembly and all, against servers on
// loopback that compute every signature themselves.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { createAuth } from "../../dist/index.js";

const servers = [];
after(() => servers.forEach((server) => server.close()));

const hash = (data) => createHash("sha256").update(data).digest("hex");
const hmac = (key, data) => createHmac("sha256", key).update(data).digest();

async function listen(answer) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(request, response, Buffer.concat(chunks));
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

/** An identity pool: each exchange makes another key. */
async function identityPool() {
  const issued = [];
  const endpoint = await listen((request, response, body) => {
    const operation = request.headers["x-amz-target"].split(".")[1];
    const input = JSON.parse(body);
    if (operation === "GetId") return response.end(JSON.stringify({ IdentityId: `${input.IdentityPoolId.split(":")[0]}:guest` }));
    const key = { AccessKeyId: `ASIA${issued.length}`, SecretKey: `secret+${issued.length}`, SessionToken: `token/${issued.length}==` };
    issued.push(key);
    response.end(JSON.stringify({ IdentityId: input.IdentityId, Credentials: { ...key, Expiration: Date.now() / 1000 + 3600 } }));
  });
  return { endpoint, issued };
}

/** An API that notes what it was asked and whether the signature is right; answers what it is told to. */
async function api(pool, answer = (_, response) => response.end("ok")) {
  const seen = [];
  const origin = await listen((request, response, body) => {
    const entry = { method: request.method, url: request.url, headers: request.headers, body: body.toString(), isRight: verify(request, body, pool.issued) };
    seen.push(entry);
    answer(entry, response, seen.length);
  });
  return { origin, seen };
}

/** The signature of a request as the guide tells it, from what arrived. */
function verify({ method, url, headers }, body, issued) {
  const target = new URL(url, "http://x");
  const given = [...new URLSearchParams(target.search)];
  const inQuery = Object.fromEntries(given);
  const fields = /Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(headers.authorization ?? "");
  const [credential, names, signature] = fields?.slice(1) ?? [inQuery["X-Amz-Credential"], inQuery["X-Amz-SignedHeaders"], inQuery["X-Amz-Signature"]];
  const [id, day, region, service, end] = credential.split("/");
  const date = headers["x-amz-date"] ?? inQuery["X-Amz-Date"];
  const token = headers["x-amz-security-token"] ?? inQuery["X-Amz-Security-Token"];
  const key = issued.find(({ AccessKeyId, SessionToken }) => AccessKeyId === id && SessionToken === token);
  if (!key || !date.startsWith(day)) return false;
  const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = given.filter(([name]) => name !== "X-Amz-Signature").map(([name, value]) => [encode(name), encode(value)]);
  const byName = ([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1);
  const canonical = [
    method,
    target.pathname.split("/").map(encode).join("/"),
    query.sort(byName).map((pair) => pair.join("=")).join("&"),
    ...names.split(";").map((name) => `${name}:${headers[name].trim().replace(/ +/g, " ")}`),
    "",
    names,
    hash(body),
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, [day, region, service, end].join("/"), hash(canonical)].join("\n");
  const signing = [day, region, service, end].reduce(hmac, `AWS4${key.SecretKey}`);
  return hmac(signing, toSign).toString("hex") === signature;
}

const wasm = readFileSync(new URL("../../dist/lifeguard_bg.wasm", import.meta.url));

function auth(pool, allow, more = {}) {
  return createAuth({
    userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example", storage: "memory", wasm,
    identityPool: { id: "eu-west-1:11111111-2222-4333-8444-555555555555", endpoint: pool.endpoint, guests: true },
    signedFetch: { allow, ...more },
  });
}

test("requests of every form arrive with the signature the service computes", async () => {
  const pool = await identityPool();
  const { origin, seen } = await api(pool);
  const { signedFetch } = auth(pool, [`${origin}/v1`]);

  await signedFetch(`${origin}/v1`);
  await signedFetch(`${origin}/v1/orders%20of%20mine/a:b?z=1&a=${encodeURIComponent("é (1)*")}&q=one+two&empty`);
  await signedFetch(`${origin}/v1/x`, { method: "POST", body: JSON.stringify({ name: "Zoë" }), headers: { "content-type": "application/json" } });
  await signedFetch(`${origin}/v1/x`, { method: "POST", body: new URLSearchParams({ a: "1 2" }) });
  await signedFetch(new Request(`${origin}/v1/x`, { method: "PUT", body: new Uint8Array([0, 255, 7]), headers: { "x-amz-meta-a": "  b   c " } }));
  await signedFetch(`${origin}/v1/x`, { method: "DELETE" });

  assert.deepEqual(seen.map(({ method, isRight }) => [method, isRight]), ["GET", "GET", "POST", "POST", "PUT", "DELETE"].map((method) => [method, true]));
  assert.match(seen[0].headers.authorization, /\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token,/);
  assert.equal(seen[2].body, '{"name":"Zoë"}');
  assert.match(seen[1].url, /q=one%20two&empty=$/);
  assert.equal(pool.issued.length, 1);
});

test("other addresses are refused and see nothing", async () => {
  const pool = await identityPool();
  const [listed, other] = [await api(pool), await api(pool)];
  const { signedFetch, presign } = auth(pool, [`${listed.origin}/v1`]);

  for (const url of [other.origin, `${listed.origin}/v10`, `${listed.origin}/`, "https://example.com/v1"]) {
    await assert.rejects(signedFetch(url), { code: "misuse" }, url);
    await assert.rejects(presign({ url }), { code: "misuse" }, url);
  }
  await assert.rejects(auth(pool, ["http://example.com"]).signedFetch("http://example.com"), { code: "misuse" });

  assert.deepEqual([listed.seen, other.seen, pool.issued], [[], [], []]);
});

test("a signature does not follow a redirect", async () => {
  const pool = await identityPool();
  const other = await api(pool);
  const { origin } = await api(pool, (_, response) => response.writeHead(307, { location: other.origin }).end());

  await assert.rejects(auth(pool, [origin, other.origin]).signedFetch(origin), TypeError);

  assert.deepEqual(other.seen, []);
});

test("a clock that the service finds wrong is corrected once", async () => {
  const pool = await identityPool();
  const service = new Date(Date.now() - 3 * 86_400_000);
  const { origin, seen } = await api(pool, ({ headers }, response) => {
    const isCurrent = headers["x-amz-date"].startsWith(service.toISOString().slice(0, 10).replaceAll("-", ""));
    response.writeHead(isCurrent ? 200 : 403, { date: service.toUTCString() }).end();
  });

  const reply = await auth(pool, [origin]).signedFetch(origin, { method: "POST", body: "once more" });

  assert.equal(reply.status, 200);
  assert.deepEqual(seen.map(({ isRight, body }) => [isRight, body]), [[true, "once more"], [true, "once more"]]);
});

test("ended credentials are replaced once, and any other refusal is the page's", async () => {
  const pool = await identityPool();
  const { origin, seen } = await api(pool, (_, response, count) => {
    response.writeHead(403, { "x-amzn-errortype": count < 3 ? "ExpiredTokenException" : "AccessDeniedException" }).end();
  });
  const { signedFetch } = auth(pool, [origin]);

  assert.equal((await signedFetch(origin)).status, 403);
  assert.deepEqual([seen.length, pool.issued.length], [2, 2]);
  assert.equal((await signedFetch(origin)).status, 403);
  assert.deepEqual([seen.length, pool.issued.length], [3, 2]);
  assert.ok(seen.every(({ isRight }) => isRight));
});

test("a link carries its signature in the query", async () => {
  const pool = await identityPool();
  const { origin, seen } = await api(pool);
  const { presign } = auth(pool, [origin], { region: "us-east-1" });

  const link = await presign({ url: `${origin}/file?name=a+b#part`, expiresSeconds: 60 });
  assert.equal((await fetch(link)).status, 200);

  assert.ok(seen[0].isRight);
  assert.match(link, /\?name=a%20b&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA0%2F\d{8}%2Fus-east-1%2F.*X-Amz-Expires=60&/);
});

test("the credentials are what an AWS SDK takes, and a guest without leave gets none", async () => {
  const pool = await identityPool();
  const { credentials } = auth(pool, []);

  const given = await credentials({ callerClientConfig: { region: async () => "eu-west-1" } });
  assert.deepEqual({ ...given, expiration: 0 }, { accessKeyId: "ASIA0", secretAccessKey: "secret+0", sessionToken: "token/0==", expiration: 0, identityId: "eu-west-1:guest" });
  assert.ok(given.expiration instanceof Date && Math.abs(given.expiration - Date.now() - 3_600_000) < 60_000);
  assert.equal((await credentials()).accessKeyId, "ASIA0");
  assert.equal((await credentials({ forceRefresh: true })).accessKeyId, "ASIA1");

  const strict = createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example", storage: "memory", wasm, identityPool: { id: "eu-west-1:11111111-2222-4333-8444-555555555555" } });
  await assert.rejects(strict.credentials(), { code: "signedOut" });
  for (const identityPool of [undefined, { id: "nonsense" }]) {
    await assert.rejects(createAuth({ userPoolId: "eu-west-1_Ab12Cd34E", clientId: "1example", storage: "memory", wasm, identityPool }).credentials(), { code: "misuse" });
  }
});

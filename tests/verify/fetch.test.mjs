// `auth.fetch` in Node against real servers on loopback: who gets to see the token.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { createAuthFetch } from "../../dist/http/fetch.js";

const servers = [];
after(() => servers.forEach((server) => server.close()));

/** A server that keeps what it was asked. */
async function serve(answer = (_request, response) => response.end("ok")) {
  const seen = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push({ url: request.url, authorization: request.headers.authorization, body });
    answer(request, response);
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${server.address().port}`, seen };
}

const oneToken = async () => "token-1";

test("a listed address gets the token, below a listed path only", async () => {
  const { origin, seen } = await serve();
  const authFetch = createAuthFetch({ allow: [`${origin}/v1`] }, oneToken);

  for (const path of ["/v1", "/v1/x?y=1", "/v10", "/", "/other/v1"]) await authFetch(origin + path);

  assert.deepEqual(
    seen.map(({ url, authorization }) => [url, authorization]),
    [["/v1", "Bearer token-1"], ["/v1/x?y=1", "Bearer token-1"], ["/v10", undefined], ["/", undefined], ["/other/v1", undefined]],
  );
});

test("another origin never gets the token, and nobody is asked for one", async () => {
  const [listed, other] = [await serve(), await serve()];
  const authFetch = createAuthFetch({ allow: [listed.origin] }, () => assert.fail("asked for a token"));

  await authFetch(other.origin);

  assert.equal(other.seen[0].authorization, undefined);
});

test("a token does not follow a redirect", async () => {
  const other = await serve();
  const { origin } = await serve((_, response) => response.writeHead(302, { location: other.origin }).end());
  const authFetch = createAuthFetch({ allow: [origin] }, oneToken);

  await assert.rejects(authFetch(origin), TypeError);

  assert.deepEqual(other.seen, []);
});

test("one 401 is answered with a newer token and the same body, once", async () => {
  const { origin, seen } = await serve((_, response) => response.writeHead(401).end());
  const asked = [];
  const authFetch = createAuthFetch({ allow: [origin] }, async (_, replacing) => {
    asked.push(replacing);
    return replacing ? "token-2" : "token-1";
  });

  const reply = await authFetch(origin, { method: "POST", body: "the body" });

  assert.equal(reply.status, 401);
  assert.deepEqual(asked, [undefined, "token-1"]);
  assert.deepEqual(seen.map(({ authorization, body }) => [authorization, body]), [["Bearer token-1", "the body"], ["Bearer token-2", "the body"]]);
});

test("a 401 stays one where there is no newer token", async () => {
  const { origin, seen } = await serve((_, response) => response.writeHead(401).end());
  const authFetch = createAuthFetch({ allow: [origin] }, oneToken);

  assert.equal((await authFetch(origin)).status, 401);
  assert.equal(seen.length, 1);
});

test("signed out, the request goes without a token", async () => {
  const { origin, seen } = await serve();
  await createAuthFetch({ allow: [origin] }, async () => null)(origin);
  assert.equal(seen[0].authorization, undefined);
});

test("only https addresses can be listed, but for this machine", () => {
  for (const address of ["http://api.example.com", "http://localhost.example.com", "api.example.com", "ftp://localhost", "javascript:1"]) {
    assert.throws(() => createAuthFetch({ allow: [address] }, oneToken), { name: "AuthError", code: "misuse" }, address);
  }
  for (const address of ["https://api.example.com", "http://localhost:3000", "http://app.localhost", "http://[::1]:1"]) {
    assert.ok(createAuthFetch({ allow: [address] }, oneToken));
  }
});

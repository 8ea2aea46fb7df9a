// Identity providers on loopback, for tests and for the demo.
import { createServer } from "node:http";
import { accounts } from "./accounts.mjs";
import { choosePage, readForm } from "./pages.mjs";
import { makeProvider } from "./provider.mjs";
import { makeSaml } from "./saml.mjs";

/** Where dev-server/default.toml looks for it. */
export const usualPort = 9340;

/** The page between the request and its answer: an account is chosen, or the person goes back. */
async function interact(provider, request, response, [, uid, cancelled]) {
  const { params } = await provider.interactionDetails(request, response);
  const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  if (cancelled) return finish({ error: "access_denied", error_description: "The person went back" });
  const account = request.method === "POST" ? accounts[(await readForm(request)).get("account")] : null;
  if (account) return finish({ login: { accountId: account.sub, remember: false }, consent: {} });
  const client = (await provider.Client.find(params.client_id))?.clientName ?? params.client_id;
  const action = `/interaction/${uid}`;
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(choosePage({ client, action, cancel: `${action}/cancel`, hint: params.login_hint }));
}

/**
 * Starts the providers; `port` 0 takes a free one. `host` 127.0.0.1 makes them another site than localhost.
 *
 * @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>}
 */
export async function startIdp({ port = 0, host = "localhost" } = {}) {
  let handle = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const url = `http://${host}:${server.address().port}`;
  const provider = await makeProvider(url);
  const callback = provider.callback();
  const saml = await makeSaml(url);
  const fail = (response) => {
    if (!response.headersSent) response.writeHead(400, { "content-type": "text/plain" });
    response.end("This page was open for too long. Go back to the app and sign in again.");
  };
  handle = (request, response) => {
    // Nobody is remembered: every sign-in asks who it is, so that no story depends on the one before.
    const cookies = (request.headers.cookie ?? "").split("; ").filter((pair) => !pair.startsWith("_session"));
    request.headers.cookie = cookies.join("; ");
    if (request.url.startsWith("/saml/")) return saml(request, response).catch(() => fail(response));
    const match = /^\/interaction\/([\w-]+)(\/cancel)?$/.exec(request.url);
    if (!match) return callback(request, response);
    return interact(provider, request, response, match).catch(() => fail(response));
  };
  return {
    url,
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

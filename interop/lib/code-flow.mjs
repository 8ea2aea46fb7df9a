// The application's part of the code flow, by hand, for the client of dev-server/default.toml.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { defaultPool } from "../../e2e/lib/server.mjs";

const redirectUri = "http://localhost:5173/";
const { clientId } = defaultPool;

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** A sign-in that begins: where to go, and what to hold against what comes back. `more`: parameters of the address. */
export function startFlow(server, more = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(16).toString("hex");
  const url = new URL("/oauth2/authorize", server.url);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid email profile aws.cognito.signin.user.admin",
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...more,
  });
  return { url, verifier, state };
}

/** The tokens for the address that the browser was sent back to. */
export async function exchange(server, { verifier, state }, left) {
  assert.equal(left.searchParams.get("error"), null, String(left));
  assert.equal(left.searchParams.get("state"), state);
  const response = await fetch(`${server.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", client_id: clientId, redirect_uri: redirectUri, code: left.searchParams.get("code"), code_verifier: verifier }),
  });
  assert.equal(response.status, 200);
  return response.json();
}

// An OpenID provider (npm oidc-provider) with three clients: a pool uses them as Google, as Facebook-style OAuth and as
// a company's own provider.
import { createSecretKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { accountOf } from "./accounts.mjs";
import { errorPage } from "./pages.mjs";

/** The same in dev-server/default.toml. */
const clients = [
  { client_id: "google-client", client_secret: "google-client-secret", client_name: "Demo by the Google kind" },
  { client_id: "facebook-client", client_secret: "facebook-client-secret", client_name: "Demo by the Facebook kind" },
  { client_id: "company-client", client_secret: "company-client-secret", client_name: "Demo by a company's provider" },
];

/** RFC 8252: a native client may come back to any port of the loopback, so that each test's pool is known here. */
const loopback = { application_type: "native", redirect_uris: ["http://localhost/oauth2/idpresponse"] };

/** Makes the provider of an issuer. */
export async function makeProvider(issuer) {
  // The library warns of what is on purpose here: the older Node of the rest of the project, and a memory that forgets.
  const { warn, info } = console;
  console.warn = console.info = () => {};
  try {
    return build(issuer, await import("oidc-provider"));
  } finally {
    Object.assign(console, { warn, info });
  }
}

function build(issuer, { Provider }) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new Provider(issuer, {
    clients: clients.map((client) => ({
      ...client,
      ...loopback,
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    })),
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: "idp" }] },
    cookies: { keys: [createSecretKey(randomBytes(32)).export().toString("hex")] },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name", "groups"],
      // What Facebook calls it, and under the names that it uses.
      public_profile: ["id", "name", "first_name", "last_name"],
    },
    scopes: ["openid", "email", "profile", "public_profile"],
    pkce: { required: () => false },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: { devInteractions: { enabled: false } },
    findAccount: async (_ctx, sub) => {
      const account = accountOf(sub);
      if (!account) return undefined;
      const { given_name: first_name, family_name: last_name } = account;
      return { accountId: sub, claims: async () => ({ ...account, id: sub, first_name, last_name }) };
    },
    // Whoever chose an account has agreed.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(" "));
      await grant.save();
      return grant;
    },
    renderError: async (ctx, { error }) => {
      ctx.type = "html";
      ctx.body = errorPage(error);
    },
    ttl: { Interaction: 3600, Session: 3600, Grant: 3600, AccessToken: 3600, IdToken: 3600, AuthorizationCode: 60 },
  });
}

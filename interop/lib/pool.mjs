// The dev-server as administrators' scripts set it up: by the AWS SDK, never by a door of our own.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openServer } from "../../e2e/lib/server.mjs";
import { openAdmin } from "./aws.mjs";

/** Pools of `dev-server/default.toml`. */
export const seeded = {
  mfa: { userPoolId: "eu-west-1_LifeGuardMfa", clientId: "lifeguardmfaclient00000001" },
  must: { userPoolId: "eu-west-1_LifeGuardMust", clientId: "lifeguardmustclient0000001" },
  choice: { userPoolId: "eu-west-1_LifeGuardChoice", clientId: "lifeguardchoiceclient00001" },
  device: { userPoolId: "eu-west-1_LifeGuardDevice", clientId: "lifeguarddeviceclient00001" },
  optIn: { userPoolId: "eu-west-1_LifeGuardOptIn", clientId: "lifeguardoptinclient000001" },
};

const flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];

/** Starts the dev-server on a free port; `options` as of `openServer`. */
export async function openDevServer(options) {
  const server = await openServer(options);
  return { ...server, admin: openAdmin(server.url, { region: "eu-west-1" }) };
}

/** A pool with one public client. `mfa`: members of SetUserPoolMfaConfig. */
export async function makePool(admin, { pool = {}, client = {}, mfa } = {}) {
  const { UserPool } = await admin.createUserPool({ PoolName: "interop", AutoVerifiedAttributes: ["email"], ...pool });
  const UserPoolId = UserPool.Id;
  if (mfa) await admin.setUserPoolMfaConfig({ UserPoolId, ...mfa });
  const { UserPoolClient } = await admin.createUserPoolClient({ UserPoolId, ClientName: "page", GenerateSecret: false, ExplicitAuthFlows: flows, ...client });
  return { userPoolId: UserPoolId, clientId: UserPoolClient.ClientId };
}

/** A person. `permanent: false` gives a temporary password. */
export async function makePerson(admin, { userPoolId }, { username, password, permanent = true, attributes = {} }) {
  await admin.adminCreateUser({
    UserPoolId: userPoolId,
    Username: username,
    MessageAction: "SUPPRESS",
    ...(permanent ? {} : { TemporaryPassword: password }),
    UserAttributes: Object.entries({ email: `${username}@example.com`, email_verified: "true", ...attributes }).map(([Name, Value]) => ({ Name, Value })),
  });
  if (permanent) await admin.adminSetUserPassword({ UserPoolId: userPoolId, Username: username, Password: password, Permanent: true });
}

/** A configuration whose one pool asks the triggers at `url`; cora is in it. */
export function makeCustomPool(url) {
  const pool = { userPoolId: "eu-west-1_Interop", clientId: "interopcustomclient0000001" };
  const config = join(mkdtempSync(join(tmpdir(), "lifeguard-interop-")), "pool.toml");
  writeFileSync(
    config,
    `[[pool]]
id = "${pool.userPoolId}"
[pool.settings.LambdaConfig]
DefineAuthChallenge = "${url}/define"
CreateAuthChallenge = "${url}/create"
VerifyAuthChallengeResponse = "${url}/verify"
[[pool.client]]
id = "${pool.clientId}"
[pool.client.settings]
ExplicitAuthFlows = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
[[pool.user]]
username = "cora"
password = "Correct-Horse-9!"
attributes = { email = "cora@example.com", email_verified = "true" }
`,
  );
  return { pool, config };
}

// The dev-server as administrators' scripts set it up: by the AWS SDK, never by a door of our own.
import { openServer } from "../../e2e/lib/server.mjs";
import { openAdmin } from "./aws.mjs";

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

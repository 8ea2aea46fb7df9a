// cognito-local: a user pool by other people that knows SELECT_MFA_TYPE. No SRP, so passwords go by the plain flow.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../../scripts/lib/paths.mjs";
import { start, waitUntil } from "../../scripts/lib/process.mjs";

/** What it sends as every code. */
export const sentCode = "424242";

// Its own CreateUserPool makes ids of the region "local", which is none of the service's: the pool is made in its files.
export const localPool = { userPoolId: "eu-west-1_Local0001", clientId: "cognitolocalclient00000001" };

const since = "2026-01-01T00:00:00.000Z";

/** A confirmed person with both an authenticator app and a telephone. */
export const personWithTwoFactors = ({ username, password, secret }) => ({
  Username: username,
  Password: password,
  Enabled: true,
  UserStatus: "CONFIRMED",
  UserCreateDate: since,
  UserLastModifiedDate: since,
  Attributes: Object.entries({ sub: "0b5c2f9e-6a55-4c3c-9b8e-3d1f3f2a7c11", email: `${username}@example.com`, phone_number: "+15555550100" }).map(([Name, Value]) => ({ Name, Value })),
  MFAOptions: [{ DeliveryMedium: "SMS", AttributeName: "phone_number" }],
  UserMFASettingList: ["SMS_MFA", "SOFTWARE_TOKEN_MFA"],
  SoftwareTokenMfaConfiguration: { Secret: secret, Verified: true, FriendlyDeviceName: "telephone" },
  RefreshTokens: [],
});

/** Starts it on a port with these people; `issuer` is what its tokens' `iss` begins with. */
export async function openCognitoLocal({ port, issuer, people }) {
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-cognito-local-"));
  const write = (path, content) => writeFileSync(join(folder, ".cognito", path), JSON.stringify(content));
  mkdirSync(join(folder, ".cognito", "db"), { recursive: true });
  write("config.json", { TokenConfig: { IssuerDomain: issuer }, UserPoolDefaults: { UsernameAttributes: [] } });
  write(`db/${localPool.userPoolId}.json`, {
    Users: Object.fromEntries(people.map((person) => [person.Username, person])),
    Options: { Id: localPool.userPoolId, Name: "interop", MfaConfiguration: "OPTIONAL", UsernameAttributes: [], CreationDate: since, LastModifiedDate: since },
  });
  write("db/clients.json", {
    Clients: { [localPool.clientId]: { ClientId: localPool.clientId, ClientName: "page", UserPoolId: localPool.userPoolId, CreationDate: since, LastModifiedDate: since } },
  });
  const child = start(process.execPath, [at("interop/node_modules/cognito-local/lib/bin/start.js")], { cwd: folder, env: { HOST: "127.0.0.1", PORT: String(port), CODE: sentCode } });
  await waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok, { child, what: "cognito-local" });
  return {
    log: () => child.tail(),
    async close() {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

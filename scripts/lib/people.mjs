// Pools and people of the dev-server's configuration, for the demo's help box and for the terminal.
import { readFileSync } from "node:fs";
import { at } from "./paths.mjs";

export const defaultConfig = at("dev-server", "default.toml");

/**
 * Reads the parts of the TOML file that are for people: `[[pool]]`, `[[pool.client]]` and `[[pool.user]]` with their
 * plain strings, lists of strings and booleans. The comment above a user says what is special about it. The server reads the file
 * properly; what this reader does not understand it leaves out.
 *
 * @returns {{ id: string, name: string, title: string, clients: object[], users: object[] }[]}
 */
export function readPools(file = defaultConfig) {
  const pools = [];
  let entry = {};
  let comment = [];
  for (const line of readFileSync(file, "utf8").split("\n").map((text) => text.trim())) {
    const table = /^\[\[?([\w.]+)\]?\]$/.exec(line)?.[1];
    const pair = /^(\w+)\s*=\s*(?:"([^"]*)"|(true|false))$/.exec(line);
    const list = /^(\w+)\s*=\s*\[((?:\s*"[^"]*"\s*,?)*)\]$/.exec(line);
    if (table) {
      entry = table.startsWith("pool") ? { note: comment.filter((text) => !/^-+$/.test(text)).join(" ") } : {};
      if (table === "pool") pools.push(Object.assign(entry, { clients: [], users: [] }));
      else if (table === "pool.client") pools.at(-1)?.clients.push(entry);
      else if (table === "pool.user") pools.at(-1)?.users.push(entry);
      else entry = {};
    } else if (pair) {
      entry[pair[1]] ??= pair[2] ?? pair[3] === "true";
    }
    if (list) entry[list[1]] ??= [...list[2].matchAll(/"([^"]*)"/g)].map(([, text]) => text);
    if (line.startsWith("#")) comment.push(line.slice(1).trim());
    else comment = [];
  }
  return pools;
}

const factors = { SMS_MFA: "a code by SMS", EMAIL_OTP: "a code by mail", SOFTWARE_TOKEN_MFA: "the code of an app" };

const note = ({ status, disabled, mfa = [], totp_secret: secret, note: text }) => {
  if (disabled) return "disabled";
  if (!text && mfa.length > 0) {
    return `is asked for ${mfa.map((name) => factors[name] ?? name).join(" or ")}${secret ? ` (secret ${secret})` : ""}`;
  }
  const known = { FORCE_CHANGE_PASSWORD: "temporary password", UNCONFIRMED: "not confirmed", RESET_REQUIRED: "must reset the password" };
  return known[status] ?? text.replace(/\.$/, "").toLowerCase();
};

/** The identity pool that a configuration names first. */
function readIdentityPool(file = defaultConfig) {
  return /^\[\[identity_pool\]\]\s+id = "([^"]+)"/m.exec(readFileSync(file, "utf8"))?.[1];
}

/** The demo's config.json (www/src/config.ts) for a server at this address. */
export function demoConfig(endpoint, pools = readPools()) {
  const choices = pools
    .filter((pool) => pool.clients.length > 0)
    .map((pool) => ({
      id: pool.name ?? pool.id,
      label: pool.name ?? pool.id,
      userPoolId: pool.id,
      clientId: pool.clients[0].id,
      people: pool.users.map((user) => ({ username: user.username, password: user.password, note: note(user) })),
    }));
  const [{ userPoolId, clientId, people }] = choices;
  return {
    userPoolId, clientId, people, endpoint,
    identityPoolId: readIdentityPool(),
    oauth: { domain: endpoint, providers: ["COGNITO", "Google", "Facebook", "Company", "Corporate"] },
    inboxUrl: `${endpoint}/_dev/inbox`,
    ...(choices.length > 1 ? { pools: choices } : {}),
  };
}

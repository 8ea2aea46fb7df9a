/**
 * The page's own settings, from `config.json` beside `index.html`: written by whoever serves the
 * page, so that one build works against any pool.
 */

import type { AuthOptions } from "lifeguard-cognito";

/** A seeded person of a local pool, shown in the help box. */
export interface Person {
  username: string;
  password?: string;
  /** What is special about this person: `temporary password`, `not confirmed`. */
  note?: string;
}

/** A pool that the page can switch to. */
export interface PoolChoice {
  /** Short and unique: `?pool=` of the page's address. */
  id: string;
  label: string;
  userPoolId: string;
  clientId: string;
  people?: Person[];
}

/** Contents of `config.json`. */
export interface Config {
  userPoolId: string;
  clientId: string;
  /** Absent: the pool's own AWS host. */
  endpoint?: string;
  /** Where people of this pool get AWS credentials. */
  identityPoolId?: string;
  /** Development only: people of the local pool. Their presence shows the help box. */
  people?: Person[];
  /** The pool's domain, and the providers to offer. */
  oauth?: { domain: string; providers: string[] };
  /** Development only: where a person can read the codes that were sent. */
  inboxUrl?: string;
  /** Development only: all pools of the server, to try other kinds of sign-in. */
  pools?: PoolChoice[];
}

/** Why there is no usable configuration, in words for the page. */
export class ConfigError extends Error {}

/** Reads `config.json`. */
export async function loadConfig(): Promise<Config> {
  let response: Response;
  try {
    response = await fetch(new URL("config.json", document.baseURI), { cache: "no-store" });
  } catch {
    throw new ConfigError("config.json could not be fetched");
  }
  if (!response.ok) throw new ConfigError(`config.json answered with status ${response.status}`);
  let value: unknown;
  try {
    value = await response.json();
  } catch {
    throw new ConfigError("config.json is not JSON");
  }
  if (!isConfig(value)) throw new ConfigError("config.json lacks userPoolId or clientId");
  return value;
}

/** The settings with the pool that the address asks for; as they are otherwise. */
export function choosePool(config: Config, id: string | null): Config {
  const chosen = config.pools?.find((pool) => pool.id === id);
  if (!chosen) return config;
  const { userPoolId, clientId, people = [] } = chosen;
  // Identity pool and domain are those of the first pool.
  const { identityPoolId, oauth, ...rest } = config;
  const isSame = userPoolId === config.userPoolId;
  return {
    ...rest, userPoolId, clientId, people,
    ...(isSame && identityPoolId !== undefined && { identityPoolId }),
    ...(isSame && oauth && { oauth }),
  };
}

function isConfig(value: unknown): value is Config {
  if (typeof value !== "object" || value === null) return false;
  const { userPoolId, clientId } = value as Record<string, unknown>;
  return typeof userPoolId === "string" && typeof clientId === "string";
}

/** What `createAuth` takes for AWS credentials and the sample APIs of a local pool. */
export function apiOptions({ endpoint, identityPoolId }: Config): Pick<AuthOptions, "identityPool" | "fetch" | "signedFetch"> {
  if (endpoint === undefined) return {};
  const sample = new URL("_sample/", endpoint.replace(/\/?$/, "/")).href;
  return {
    fetch: { allow: [`${sample}token`] },
    signedFetch: { allow: [`${sample}iam`] },
    ...(identityPoolId !== undefined && { identityPool: { id: identityPoolId, endpoint } }),
  };
}

/**
 * The public page, continued: AWS credentials of an identity pool, and requests signed with them.
 */
import type { CallOptions } from "./index.js";

/** The identity pool that {@link Aws.credentials} come from. */
export interface IdentityPoolOptions {
  /** `region:uuid`. */
  id: string;
  /** Base URL for its operations, for a proxy or a local pool. Default: the host of its region. */
  endpoint?: string | URL;
  /** Whether those who are not signed in get a guest's credentials. Default `false`. */
  guests?: boolean;
}

/** Which addresses {@link Aws.signedFetch} signs requests to, and for what. */
export interface SignedFetchOptions {
  /** Origins, or origins with a path, as in {@link "../types".AuthFetchOptions}. */
  allow: readonly string[];
  /** Default: the identity pool's region. */
  region?: string;
  /** Name of the service in signatures. Default `"execute-api"`: API Gateway. */
  service?: string;
}

/** Temporary credentials, in the form that the AWS SDK for JavaScript v3 takes. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** When they end, on this device's clock. */
  expiration: Date;
  /** Whose they are, in the identity pool. */
  identityId: string;
}

/** Input of {@link Aws.credentials}. */
export interface CredentialsOptions extends Pick<CallOptions, "signal" | "timeoutMs"> {
  /** Fetches others even though the ones there are would do: after a change of groups. */
  forceRefresh?: boolean;
}

/** Input of {@link Aws.presign}. */
export interface PresignInput extends Pick<CallOptions, "signal" | "timeoutMs"> {
  /** Must be covered by {@link SignedFetchOptions.allow}. */
  url: string | URL;
  /** Default `GET`. */
  method?: string;
  /** How long the link works, at most as long as the credentials. Default 900. */
  expiresSeconds?: number;
}

/** AWS credentials, and requests signed with them. */
export interface Aws {
  /**
   * Credentials of whoever is signed in, else of a guest where guests are allowed. Kept beside the
   * session until they end, fetched once for all tabs, and dropped with the session.
   *
   * Usable as it is as a credential provider: `new S3Client({ region, credentials: auth.credentials })`.
   */
  credentials(options?: CredentialsOptions): Promise<AwsCredentials>;
  /**
   * `fetch` with an AWS Signature Version 4, to the addresses of `signedFetch` in the configuration
   * only: any other is refused with `misuse`. A redirect is an error: a signature must not follow it.
   * A device's wrong clock is corrected once from the reply's `Date`, where the API lets it be read.
   */
  signedFetch: typeof fetch;
  /** A link that works without further credentials until it expires: treat it as a secret. */
  presign(input: PresignInput): Promise<string>;
}

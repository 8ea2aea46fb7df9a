/**
 * AWS credentials as the application and the AWS SDK take them.
 */
import type { Call } from "../core/core.js";
import { createSigner } from "./signed-fetch.js";
import type { AuthOptions, Aws, AwsCredentials } from "../types/index.js";

export function createAws(call: Call, options: AuthOptions): Aws {
  const signer = () => createSigner(options.signedFetch, call);

  return {
    // An AWS SDK hands over more than this, its own configuration included.
    async credentials({ forceRefresh, signal, timeoutMs } = {}) {
      type Given = Omit<AwsCredentials, "expiration"> & { expiration: number };
      const given = await call<Given>("credentials", { forceRefresh, timeoutMs }, signal);
      return { ...given, expiration: new Date(given.expiration) };
    },
    signedFetch: async (input, init) => signer().signedFetch(input, init),
    presign: async (input) => signer().presign(input),
  };
}

// The AWS SDK as administrators' scripts use it.
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";

/** A client with every operation as a method; any access key will do on loopback. */
export function openAdmin(endpoint, { region = "us-east-1", accessKeyId = "test", secretAccessKey = "test" } = {}) {
  return new CognitoIdentityProvider({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
}

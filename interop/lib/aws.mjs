// The AWS SDK as administrators' scripts use it.
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";

// It recommends a newer Node at every start; these tests run on the one the project supports.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** A client with every operation as a method; any access key will do on loopback. */
export function openAdmin(endpoint, { region = "us-east-1", accessKeyId = "test", secretAccessKey = "test" } = {}) {
  return new CognitoIdentityProvider({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
}

// Compiled, never run: AWS credentials where the AWS SDK v3 wants a provider, and signed requests.
import { type Auth, type AwsCredentials, createAuth } from "lifeguard-cognito";
import { expectType } from "./expect.js";

/** As `@smithy/types` declares what a client's `credentials` takes. */
interface AwsCredentialIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
type AwsCredentialIdentityProvider = (
  identityProperties?: Record<string, unknown>,
) => Promise<AwsCredentialIdentity>;

export async function use(auth: Auth): Promise<void> {
  const provider: AwsCredentialIdentityProvider = auth.credentials;
  expectType<AwsCredentialIdentity>(await provider());
  const credentials = await auth.credentials({ forceRefresh: true });
  expectType<AwsCredentials>(credentials);
  expectType<Date>(credentials.expiration);
  expectType<string>(credentials.identityId);

  const reply = await auth.signedFetch("https://api.example.com/orders", {
    method: "POST",
    body: "{}",
  });
  expectType<number>(reply.status);
  expectType<string>(
    await auth.presign({ url: "https://api.example.com/file", expiresSeconds: 60 }),
  );
}

createAuth({
  userPoolId: "eu-west-1_Ab12Cd34E",
  clientId: "1example",
  identityPool: { id: "eu-west-1:11111111-2222-4333-8444-555555555555", guests: true },
  signedFetch: [
    { allow: ["https://abc.execute-api.eu-west-1.amazonaws.com/prod"] },
    { allow: ["https://bucket.s3.eu-west-1.amazonaws.com"], service: "s3", region: "eu-west-1" },
  ],
});

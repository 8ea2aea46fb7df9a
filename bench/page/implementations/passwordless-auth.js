// The package exports nothing smaller than the sign-in, so the pool is played by a fetch that answers at once and refuses
// in the end: what is left is the arithmetic.
import { Passwordless } from "amazon-cognito-passwordless-auth";
import { authenticateWithSRP } from "amazon-cognito-passwordless-auth/srp";
import { PretendedPool } from "../pretended-pool.js";

export const passwordlessAuth = {
  name: "amazon-cognito-passwordless-auth",
  about: "authenticateWithSRP of amazon-cognito-passwordless-auth 0.17.0 (native BigInt)",
  async handshake(input) {
    const pool = new PretendedPool(input);
    Passwordless.configure({
      userPoolId: input.poolId,
      clientId: "1example23456789abcdefghij",
      cognitoIdpEndpoint: "http://pool.invalid/",
      fetch: pool.fetch,
    });
    await authenticateWithSRP({ username: input.username, password: input.password }).signedIn.catch(pool.expectRefusal);
    return pool.result();
  },
};

// The package exports nothing smaller than signIn: its own modules are imported by their place on disk.
import BigInteger from "../../node_modules/@aws-amplify/auth/dist/esm/providers/cognito/utils/srp/BigInteger/BigInteger.mjs";
import { getAuthenticationHelper } from "../../node_modules/@aws-amplify/auth/dist/esm/providers/cognito/utils/srp/getAuthenticationHelper.mjs";
import { toHex } from "../srp.js";

export const amplify = {
  name: "aws-amplify",
  about: "AuthenticationHelper of aws-amplify 6.22.1",
  async handshake({ poolName, username, password, salt, B }) {
    const helper = await getAuthenticationHelper(poolName);
    const key = await helper.getPasswordAuthenticationKey({
      username,
      password,
      serverBValue: new BigInteger(B, 16),
      salt: new BigInteger(salt, 16),
    });
    return { A: helper.A.toString(16), key: toHex(key) };
  },
};

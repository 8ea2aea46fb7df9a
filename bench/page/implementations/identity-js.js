import AuthenticationHelper from "amazon-cognito-identity-js/es/AuthenticationHelper.js";
import BigInteger from "amazon-cognito-identity-js/es/BigInteger.js";
import { toHex } from "../srp.js";

const call = (start) => new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));

export const identityJs = {
  name: "amazon-cognito-identity-js",
  about: "AuthenticationHelper of amazon-cognito-identity-js 6.3.21",
  async handshake({ poolName, username, password, salt, B }) {
    const helper = new AuthenticationHelper(poolName);
    const A = await call((done) => helper.getLargeAValue(done));
    const key = await call((done) =>
      helper.getPasswordAuthenticationKey(username, password, new BigInteger(B, 16), new BigInteger(salt, 16), done),
    );
    return { A: A.toString(16), key: toHex(key) };
  },
};

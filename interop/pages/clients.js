// Other people's clients in a page, all with the same three verbs. Bundled by lib/others.mjs.
import { AuthenticationDetails, CognitoUser, CognitoUserPool, CookieStorage as IdentityJsCookies } from "amazon-cognito-identity-js";
import { Passwordless } from "amazon-cognito-passwordless-auth";
import { authenticateWithSRP } from "amazon-cognito-passwordless-auth/srp";
import { Amplify } from "aws-amplify";
import { fetchAuthSession, getCurrentUser, signIn, signOut } from "aws-amplify/auth";
import { CookieStorage, sessionStorage as amplifySessionStorage } from "aws-amplify/utils";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

const promised = (call) => new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))));

const identityJs = ({ userPoolId, clientId, endpoint, storage }) => {
  const Storage = { session: sessionStorage, cookie: new IdentityJsCookies({ path: "/", secure: false }) }[storage] ?? localStorage;
  const pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint, Storage });
  const tokenOf = (session) => session.getAccessToken().getJwtToken();
  return {
    async signIn({ username, password }) {
      const user = new CognitoUser({ Username: username, Pool: pool, Storage });
      const session = await new Promise((onSuccess, onFailure) =>
        user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), { onSuccess, onFailure }),
      );
      return tokenOf(session);
    },
    async refresh() {
      const user = pool.getCurrentUser();
      const session = await promised((done) => user.getSession(done));
      return tokenOf(await promised((done) => user.refreshSession(session.getRefreshToken(), done)));
    },
    async signOut() {
      const user = pool.getCurrentUser();
      await promised((done) => user.getSession(done));
      await new Promise((resolve) => user.signOut(resolve));
    },
  };
};

const amplify = ({ userPoolId, clientId, endpoint, storage }) => {
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } } });
  if (storage === "session") cognitoUserPoolsTokenProvider.setKeyValueStorage(amplifySessionStorage);
  if (storage === "cookie") cognitoUserPoolsTokenProvider.setKeyValueStorage(new CookieStorage({ path: "/", secure: false }));
  const token = async (options) => (await fetchAuthSession(options)).tokens.accessToken.toString();
  return {
    async signIn({ username, password }) {
      const { isSignedIn, nextStep } = await signIn({ username, password, options: { authFlowType: "USER_SRP_AUTH" } });
      if (!isSignedIn) throw new Error(nextStep.signInStep);
      await getCurrentUser();
      return token();
    },
    refresh: () => token({ forceRefresh: true }),
    signOut: () => signOut(),
  };
};

/**
 * amazon-cognito-passwordless-auth 0.17.0 keeps a leading zero octet of `u` as it makes the key, where identity-js and the
 * service drop it: in one of 512 sign-ins a right password is refused. Such a refusal is tried again, a second time never.
 */
const passwordless = ({ userPoolId, clientId, endpoint }) => {
  Passwordless.configure({ userPoolId, clientId, cognitoIdpEndpoint: endpoint });
  return {
    async signIn({ username, password }) {
      const attempt = () => authenticateWithSRP({ username, password }).signedIn;
      return (await attempt().catch(attempt))?.accessToken;
    },
  };
};

window.others = { "amazon-cognito-identity-js": identityJs, "aws-amplify": amplify, "amazon-cognito-passwordless-auth": passwordless };

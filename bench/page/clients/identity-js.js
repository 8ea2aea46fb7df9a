import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";

export const identityJs = {
  name: "amazon-cognito-identity-js",
  signIn: ({ userPoolId, clientId, endpoint }, { username, password }) =>
    new Promise((onSuccess, onFailure) => {
      const Pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint });
      new CognitoUser({ Username: username, Pool }).authenticateUser(
        new AuthenticationDetails({ Username: username, Password: password }),
        { onSuccess, onFailure },
      );
    }),
};

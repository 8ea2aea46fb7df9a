import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import { showForm } from "./form.js";

const { userPoolId, clientId, endpoint } = globalThis.settings;
const Pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint });

showForm(async ({ username, password }) => {
  const session = await new Promise((onSuccess, onFailure) =>
    new CognitoUser({ Username: username, Pool }).authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), { onSuccess, onFailure }),
  );
  return session.getAccessToken().getJwtToken();
});

import { Passwordless } from "amazon-cognito-passwordless-auth";
import { authenticateWithSRP } from "amazon-cognito-passwordless-auth/srp";

export const passwordlessAuth = {
  name: "amazon-cognito-passwordless-auth",
  beforeForm({ userPoolId, clientId, endpoint }) {
    Passwordless.configure({ userPoolId, clientId, cognitoIdpEndpoint: endpoint });
  },
  signIn: (_settings, person) => authenticateWithSRP(person).signedIn,
};

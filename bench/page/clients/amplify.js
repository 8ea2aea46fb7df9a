import { Amplify } from "aws-amplify";
import { signIn } from "aws-amplify/auth";

export const amplify = {
  name: "aws-amplify",
  beforeForm({ userPoolId, clientId, endpoint }) {
    Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } } });
  },
  async signIn(_settings, person) {
    const { isSignedIn } = await signIn({ ...person, options: { authFlowType: "USER_SRP_AUTH" } });
    if (!isSignedIn) throw new Error("not signed in");
  },
};

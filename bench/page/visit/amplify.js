import { Amplify } from "aws-amplify";
import { fetchAuthSession, signIn } from "aws-amplify/auth";
import { showForm } from "./form.js";

const { userPoolId, clientId, endpoint } = globalThis.settings;
Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId: clientId, userPoolEndpoint: endpoint } } });

showForm(async (user) => {
  const { nextStep } = await signIn({ ...user, options: { authFlowType: "USER_SRP_AUTH" } });
  if (nextStep.signInStep !== "DONE") throw new Error(nextStep.signInStep);
  return (await fetchAuthSession()).tokens.accessToken.toString();
});

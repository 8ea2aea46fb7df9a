import { createAuth } from "lifeguard-cognito";
import { showForm } from "./form.js";

const { userPoolId, clientId, endpoint } = globalThis.settings;
const auth = createAuth({ userPoolId, clientId, endpoint });
auth.preload().catch(() => {});

showForm(async (user) => {
  const { status } = await auth.signIn(user);
  if (status !== "signedIn") throw new Error(status);
  return auth.getAccessToken();
});

/** Start-up: settings, the SDK, the first view. */
import "./styles/index.css";
import { createAuth } from "lifeguard-cognito";
import { apiOptions, choosePool, ConfigError, loadConfig } from "./config";
import { fillSignIn, peopleBox } from "./people";
import { comeBack, oauthOptions, providerBox } from "./providers";
import { Router } from "./router";
import { shell } from "./shell";
import { applyTheme } from "./theme";
import { failedView, troubleView } from "./views/trouble";

applyTheme();
const frame = shell();
document.getElementById("app")?.replaceChildren(frame.element);
const router = new Router(frame.main);
void start();

async function start(): Promise<void> {
  try {
    const config = choosePool(await loadConfig(), new URLSearchParams(location.search).get("pool"));
    const { userPoolId, clientId, endpoint } = config;
    const auth = createAuth({ userPoolId, clientId, ...(endpoint !== undefined && { endpoint }), resumeSignIn: true, ...apiOptions(config), ...oauthOptions(config) });
    const app = { auth, config, go: router.go, ways: [] };
    const box = peopleBox(config, (person) => fillSignIn(app, person));
    frame.below.replaceChildren(...[await comeBack(app), providerBox(app), box].filter((part) => part !== null));
    await router.begin(app);
  } catch (error) {
    const retry = (): void => location.reload();
    if (error instanceof ConfigError) {
      router.show(troubleView("This page is not set up.", "It does not know which user pool it belongs to.", error.message, retry));
    } else {
      router.show(failedView(error, retry));
    }
  }
}

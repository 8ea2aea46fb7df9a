// The demo: a person signs in through another provider by its button, and sees what came back.
import { after } from "node:test";
import { startIdp } from "../idp/start.mjs";
import { defaultPool } from "./lib/server.mjs";
import { stories } from "./lib/stories.mjs";

const idp = await startIdp();
after(() => idp.close());

let domain;
const config = () => ({ body: JSON.stringify({ ...defaultPool, endpoint: domain, oauth: { domain, providers: ["COGNITO", "Google"] } }) });
const siteOptions = { files: { "/config.json": config } };

stories("redirect demo", { siteOptions, server: { args: ["--identity-provider", idp.url] } }, (story) => {
  const open = async ({ page, server, site }) => {
    domain = server.url;
    await server.control("POST", "app-urls", { urls: [`${site.url}/`] });
    await page.open("/");
  };

  story("a person signs in with Google from the demo, and reads what came back", async (context) => {
    const { page } = context;
    await open(context);

    await page.click("Google");
    await page.click(await page.find('button[value="grace"]'));

    await page.see("You came back.");
    await page.see("Google vouches for");
    await page.find('[data-testid="view-signed-in"]');
  });

  story("a person who turns back at the provider reads so, and is at the sign-in page", async (context) => {
    const { page } = context;
    await open(context);

    await page.click("Google");
    await page.click(await page.find("#cancel"));

    await page.see("You turned back.");
    await page.button("Sign in");
  });
});

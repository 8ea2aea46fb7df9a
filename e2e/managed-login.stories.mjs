// The pool's own pages: a person signs in on them and is led back, in every engine, and everybody can use them.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { password } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";
import { defaultPool } from "./lib/server.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const challenge = createHash("sha256").update(randomBytes(32)).digest("base64url");

/** The address of an authorization request that comes back to the story's own site. */
async function request({ server, site }, path, more = {}) {
  const redirectUri = `${site.url}/`;
  await server.control("POST", "app-urls", { urls: [redirectUri] });
  const url = new URL(path, server.url);
  url.search = new URLSearchParams({
    client_id: defaultPool.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid",
    state: "state-of-the-story",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...more,
  });
  return url.href;
}

/** Waits until the browser is back at the story's site; gives what it brought. */
async function back({ driver, site }) {
  await driver.wait(async () => (await driver.getCurrentUrl()).startsWith(`${site.url}/?`), 15_000, "not led back");
  return new URL(await driver.getCurrentUrl()).searchParams;
}

/** Runs axe-core by WebDriver's own means, for the page's policy allows no script of ours. */
async function assertAccessible({ page, driver, engine }, what) {
  await page.find("h1");
  await page.script(axe);
  for (const theme of ["light", "dark"]) {
    const broken = await driver.executeAsyncScript(
      (scheme, done) => {
        document.documentElement.style.colorScheme = scheme;
        const options = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
        window.axe.run(document, options).then(({ violations }) => done(violations.map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" ")}`)), (error) => done([String(error)]));
      },
      theme,
    );
    assert.deepEqual(broken, [], `${what}, ${theme}, ${engine}`);
  }
}

stories("managed login", { site: "empty" }, (story) => {
  story("a person signs in on the page and is led back to the app, then without being asked", async (given) => {
    const { page } = given;
    await page.open(await request(given, "/oauth2/authorize"));
    await page.fill("User name", "alice");
    await page.fill("Password", password);
    await page.click(await page.find("#sign-in"));
    const first = await back(given);

    await page.open(await request(given, "/oauth2/authorize"));
    const second = await back(given);
    await page.open(await request(given, "/oauth2/authorize", { prompt: "select_account" }));
    await page.click("Continue as alice@example.com", { kind: "link" });
    const third = await back(given);

    const codes = new Set([first, second, third].map((answer) => answer.get("code")));
    assert.equal(codes.size, 3);
    assert.ok(!codes.has(null));
    assert.equal(first.get("state"), "state-of-the-story");
  });

  story("a new person creates an account on the page and is led back", async (given) => {
    const { page, server } = given;
    await page.open(await request(given, "/oauth2/authorize"));
    await page.click("Create an account", { kind: "link" });
    await page.fill("User name", "grace");
    await page.fill("E-mail address", "grace@example.com");
    await page.fill("Name", "Grace");
    await page.fill("Password", password);
    await page.click("Create account");
    await page.fill("Code", await server.code("grace@example.com"));
    await page.click("Confirm");

    assert.ok((await back(given)).get("code"));
  });

  story("every page keeps the rules of accessibility, light and dark, and at phone width", async (given) => {
    const { page, driver } = given;
    const window = await driver.manage().window().getRect();
    await page.open(await request(given, "/login"));
    await assertAccessible(given, "sign-in");
    await page.fill("User name", "alice");
    await page.fill("Password", "Wrong-Horse-9!");
    await page.click(await page.find("#sign-in"));
    await page.see("Incorrect username or password");
    await assertAccessible(given, "sign-in with an error");

    await page.fill("User name", "nora");
    await page.fill("Password", "Temporary-Pass-1!");
    await page.click(await page.find("#sign-in"));
    await page.field("New password");
    await assertAccessible(given, "new password");

    await page.open(await request(given, "/signup"));
    await driver.manage().window().setRect({ ...window, width: 400 });
    await assertAccessible(given, "sign-up");
    const overflow = await page.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
    await driver.manage().window().setRect(window);
    assert.equal(overflow, 0);

    await page.open(await request(given, "/forgotPassword", { login_hint: "alice" }));
    await assertAccessible(given, "forgotten password");
    await page.click("Send code");
    await page.field("New password");
    await assertAccessible(given, "choose a new password");

    await page.open(await request(given, "/login", { redirect_uri: "https://elsewhere.example/" }));
    await page.see("This sign-in cannot go on");
    await assertAccessible(given, "error");
    await page.open("/");
  });
});

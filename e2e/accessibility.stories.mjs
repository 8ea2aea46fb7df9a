// The demo page for people who use a keyboard, a screen reader, a small screen or little motion.
import assert from "node:assert/strict";
import { assertAccessibleInBoth } from "./accessible.mjs";
import { part, password, seeError, seeSignedIn, seeView, submit, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";
import { choice, requiredFactor, secondFactors } from "./pools.mjs";

const TAB = "\uE004";
const ENTER = "\uE007";

/** A help box, as `npm start` configures it. */
const help = {
  people: [
    { username: "alice", password, note: "signs in at once" },
    { username: "paul", note: "no password" },
  ],
  inboxUrl: "http://localhost:9320/_dev/inbox",
};

const pool = (id, ids) => ({ id, label: id, ...ids });

const focused = (page) => page.evaluate(() => document.activeElement?.dataset.testid ?? document.activeElement?.tagName);

stories("accessibility", {}, (story) => {
  story("every view of an ordinary sign-in keeps the rules, light and dark", async ({ page }) => {
    await page.open("/");
    await seeView(page, "sign-in");
    await assertAccessibleInBoth(page, "sign-in");

    await submit(page);
    await page.see("Enter your user name");
    await assertAccessibleInBoth(page, "sign-in with empty fields");

    await submitSignIn(page, "alice", "Wrong-Horse-9!");
    await seeError(page, "incorrectCredentials");
    await assertAccessibleInBoth(page, "sign-in with an error");

    await page.click(await part(page, "to-forgot-password"));
    await seeView(page, "forgot-password");
    await assertAccessibleInBoth(page, "forgot password");

    await submit(page);
    await seeView(page, "reset-password");
    await assertAccessibleInBoth(page, "reset password");

    await page.open("/#sign-up");
    await seeView(page, "sign-up");
    await assertAccessibleInBoth(page, "sign-up");

    await page.open("/#sign-in");
    await submitSignIn(page, "bob", password);
    await seeView(page, "confirm-sign-up");
    await assertAccessibleInBoth(page, "confirm sign-up");

    await page.open("/#sign-in");
    await submitSignIn(page, "nora", "Temporary-Pass-1!");
    await seeView(page, "challenge-new-password-required");
    await assertAccessibleInBoth(page, "new password");

    await page.open("/#sign-in");
    await submitSignIn(page, "alice", password);
    await seeSignedIn(page, "alice");
    await assertAccessibleInBoth(page, "signed in");
  }, { siteOptions: { config: help }, timeoutMs: 180_000 });

  story("every question keeps the rules, light and dark", async ({ page }) => {
    const begin = async (pool, username) => {
      await page.open(`/?pool=${pool}#sign-in`);
      await submitSignIn(page, username, password);
    };
    const choose = async (option) => {
      await page.click(await part(page, `option-${option}`));
      await submit(page);
    };
    const check = async (name) => {
      await seeView(page, `challenge-${name}`);
      await assertAccessibleInBoth(page, name);
    };

    await begin("factors", "mila");
    await check("select-mfa-type");
    await choose("SOFTWARE_TOKEN_MFA");
    await check("software-token-mfa");

    await begin("factors", "sam");
    await check("sms-mfa");

    await begin("required", "una");
    await check("mfa-setup");
    await choose("SOFTWARE_TOKEN_MFA");
    await check("software-token-setup");

    await begin("required", "una");
    await check("mfa-setup");
    await choose("EMAIL_OTP");
    await check("email-setup");

    await page.open("/?pool=choice#sign-in");
    await seeView(page, "sign-in");
    await page.fill(await part(page, "username"), "olga");
    await page.click(await page.find('[data-testid="other-ways"] summary'));
    await assertAccessibleInBoth(page, "other ways to sign in");
    await page.click(await part(page, "flow-choice"));
    await check("select-challenge");
    await choose("PASSWORD_SRP");
    await page.find('[data-testid^="view-challenge-password"]');
    await assertAccessibleInBoth(page, "password");
    await page.fill(await part(page, "password"), password);
    await submit(page);
    await seeSignedIn(page, "olga");
    await page.click(await part(page, "to-security"));
    await seeView(page, "security");
    await part(page, "no-devices");
    await assertAccessibleInBoth(page, "security");
  }, { siteOptions: { config: { ...help, pools: [pool("factors", secondFactors), pool("required", requiredFactor), pool("choice", choice)] } }, timeoutMs: 240_000 });

  story("a page that cannot begin keeps the rules, too", async ({ page }) => {
    await page.open("/");
    await seeView(page, "trouble");

    await assertAccessibleInBoth(page, "trouble");
  }, { siteOptions: { config: { userPoolId: "no pool" } } });

  story("a person signs in by keyboard alone", async ({ page, driver, engine }) => {
    await page.open("/");
    await seeView(page, "sign-in");
    const press = (...keys) => driver.actions().sendKeys(...keys).perform();
    await page.evaluate(() => document.body.focus());

    await press(TAB);
    assert.match(await page.evaluate(() => document.activeElement.textContent), /skip/i);
    await press(ENTER);
    await press(TAB);
    assert.equal(await focused(page), "username");
    await press("alice", TAB);
    assert.equal(await focused(page), "password");
    await press(password, ENTER);

    await seeSignedIn(page, "alice");
    assert.equal(await focused(page), "title");
  }, { engines: ["chromium", "firefox"] });

  story("the focus follows the person from view to view and the title is announced", async ({ page }) => {
    await page.open("/");
    await seeView(page, "sign-in");
    await page.click(await part(page, "to-sign-up"));
    await seeView(page, "sign-up");

    assert.equal(await focused(page), "username");
    assert.equal(await page.evaluate(() => document.querySelector('[data-testid="announcer"]').textContent), "Create an account");
    assert.equal(await page.title(), "Create an account · Lifeguard");

    await page.back();
    await seeView(page, "sign-in");
    assert.equal(await page.title(), "Sign in · Lifeguard");
  });

  story("an empty form marks what is missing and goes to the first of it", async ({ page }) => {
    await page.open("/");
    await seeView(page, "sign-in");

    await submit(page);

    assert.equal(await focused(page), "username");
    const described = await page.evaluate(() => {
      const input = document.activeElement;
      const texts = input.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent);
      return { invalid: input.getAttribute("aria-invalid"), text: texts.join(" ") };
    });
    assert.equal(described.invalid, "true");
    assert.match(described.text, /Enter your user name/);
  });

  story("fields tell password managers what they are", async ({ page }) => {
    const tokens = () => page.evaluate(() => [...document.querySelectorAll("main input:not([type=checkbox])")].map((input) => input.getAttribute("autocomplete")));
    await page.open("/");
    await seeView(page, "sign-in");
    assert.deepEqual(await tokens(), ["username", "current-password"]);

    await page.open("/#sign-up");
    await seeView(page, "sign-up");
    assert.deepEqual(await tokens(), ["username", "email", "name", "new-password"]);

    await page.open("/#forgot-password");
    await seeView(page, "forgot-password");
    await page.fill(await part(page, "username"), "alice");
    await submit(page);
    await seeView(page, "reset-password");
    assert.deepEqual(await tokens(), ["one-time-code", "new-password", "username"]);
  });

  story("the theme is kept for the next visit", async ({ page }) => {
    await page.open("/");
    await seeView(page, "sign-in");
    const theme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    const before = await theme();

    await page.click(await part(page, "theme-toggle"));
    const after = await theme();
    await page.reload();
    await seeView(page, "sign-in");

    assert.notEqual(after, before);
    assert.equal(await theme(), after);
  });

  for (const width of [320, 360, 768]) {
    story(`nothing is cut off at a width of ${width} pixels`, async ({ page, driver }) => {
      await page.open("/frame");
      await driver.switchTo().frame(0);
      const fits = async (what) => {
        const [wide, room] = await driver.executeScript("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]");
        assert.ok(wide <= room, `${what} needs ${wide} pixels`);
      };

      await submitSignIn(page, "alice", "Wrong-Horse-9!");
      await page.find('[data-testid="error"][data-code]');
      await fits("sign-in with an error");
      await submitSignIn(page, "alice", password);
      await seeView(page, "signed-in");

      await fits("the signed-in page");
      await driver.switchTo().defaultContent();
    }, {
      siteOptions: {
        config: help,
        files: { "/frame": { type: "text/html", body: `<!doctype html><html lang="en"><head><title>frame</title></head><body><iframe src="/" title="demo" style="width:${width}px;height:700px;border:0"></iframe></body></html>` } },
      },
    });
  }
});

// Looking after second factors and devices, on the demo page.
import assert from "node:assert/strict";
import { Select } from "selenium-webdriver/lib/select.js";
import { part, password, seeSignedIn, seeView, submit, submitCode, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";
import { devices, devicesOptIn, secondFactors } from "./pools.mjs";
import { totp } from "./totp.mjs";

const inSection = (page, section, testId) => page.find(`[data-testid="${section}"] [data-testid="${testId}"]`);

async function openSecurity(page) {
  await page.click(await part(page, "to-security"));
  await seeView(page, "security");
}

async function signOut(page, username) {
  await page.click(await part(page, "to-signed-in"));
  await seeSignedIn(page, username);
  await submit(page);
  await seeView(page, "sign-in");
}

async function setFactor(page, factor, wish) {
  await new Select(await part(page, `factor-${factor}`)).selectByValue(wish);
  await page.click(await inSection(page, "factors", "submit"));
  await inSection(page, "factors", "done");
}

stories("second factors of one's own", { siteOptions: { config: secondFactors } }, (story) => {
  story("an authenticator app is added, asked for and turned off again", async ({ page, server }) => {
    await page.open("/");
    await submitSignIn(page, "pat", password);
    await seeSignedIn(page, "pat");
    await openSecurity(page);
    await page.click(await inSection(page, "authenticator", "submit"));
    const secret = (await (await part(page, "secret-code")).getText()).replace(/\s/g, "");
    await page.fill(await part(page, "totp-code"), totp(secret));
    await page.click(await page.find('[data-testid="totp-form"] [data-testid="submit"]'));
    await inSection(page, "authenticator", "done");
    await signOut(page, "pat");

    // The pool takes no code twice: the next one belongs to a later minute.
    await server.clock(60);
    await submitSignIn(page, "pat", password);
    await seeView(page, "challenge-software-token-mfa");
    await submitCode(page, totp(secret, Date.now() + 60_000));
    await seeSignedIn(page, "pat");
    await openSecurity(page);
    await setFactor(page, "totp", "off");
    await signOut(page, "pat");

    await submitSignIn(page, "pat", password);
    await seeSignedIn(page, "pat");
  });

  story("the factor one prefers is asked for first", async ({ page, server }) => {
    await page.open("/");
    await submitSignIn(page, "pat", password);
    await seeSignedIn(page, "pat");
    await openSecurity(page);
    await setFactor(page, "sms", "on");
    await setFactor(page, "email", "preferred");
    await signOut(page, "pat");

    await submitSignIn(page, "pat", password);
    await seeView(page, "challenge-email-otp");
    await submitCode(page, await server.code("pat@example.com"));

    await seeSignedIn(page, "pat");
  });
});

stories("devices", { siteOptions: { config: devices } }, (story) => {
  story("a remembered browser is not asked for the code again, until it is forgotten", async ({ page, server }) => {
    await page.open("/");
    await submitSignIn(page, "emil", password);
    await seeView(page, "challenge-email-otp");
    await submitCode(page, await server.code("emil@example.com"));
    await seeSignedIn(page, "emil");
    await submit(page);

    await submitSignIn(page, "emil", password);
    await seeSignedIn(page, "emil");

    await openSecurity(page);
    assert.match(await (await inSection(page, "devices", "device")).getText(), /This browser/);
    await page.click(await inSection(page, "devices", "device-forget"));
    await inSection(page, "devices", "no-devices");
    await signOut(page, "emil");
    await submitSignIn(page, "emil", password);
    await seeView(page, "challenge-email-otp");
  });
});

stories("devices by choice", { siteOptions: { config: devicesOptIn } }, (story) => {
  for (const [answer, button, status] of [
    ["yes", '[data-testid="remember-form"] [data-testid="submit"]', "device-do-not-remember"],
    ["no", '[data-testid="remember-no"]', "device-remember"],
  ]) {
    story(`the person is asked whether the browser is remembered: ${answer}`, async ({ page }) => {
      await page.open("/");
      await submitSignIn(page, "dora", password);
      await seeSignedIn(page, "dora");

      await page.click(await page.find(button));
      await part(page, "remember-done");

      await openSecurity(page);
      await inSection(page, "devices", status);
    });
  }
});

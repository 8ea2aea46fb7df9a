// Passkeys on the demo page, with WebDriver's virtual authenticator where the engine has WebAuthn.
import assert from "node:assert/strict";
import { Protocol, Transport, VirtualAuthenticatorOptions } from "selenium-webdriver/lib/virtual_authenticator.js";
import { assertNoSession, part, password, seeSignedIn, seeView, submit, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";
import { choice } from "./pools.mjs";

/** A phone's fingerprint reader, say: keeps its keys itself and always knows its person. */
async function addAuthenticator(driver, { verified = true } = {}) {
  const options = new VirtualAuthenticatorOptions();
  options.setProtocol(Protocol.CTAP2);
  options.setTransport(Transport.INTERNAL);
  options.setHasResidentKey(true);
  options.setHasUserVerification(true);
  options.setIsUserVerified(verified);
  options.setIsUserConsenting(true);
  await driver.addVirtualAuthenticator(options);
}

/** Runs a story with an authenticator, and takes it away afterwards: the browser is used again. */
const withAuthenticator = (run) => async (tools) => {
  await addAuthenticator(tools.driver);
  try {
    await run(tools);
  } finally {
    await tools.driver.removeVirtualAuthenticator().catch(() => {});
  }
};

async function openSecurity(page) {
  await page.click(await part(page, "to-security"));
  await seeView(page, "security");
}

const inPasskeys = (page, testId) => page.find(`[data-testid="passkeys"] [data-testid="${testId}"]`);

async function addPasskey(page) {
  await page.open("/");
  await submitSignIn(page, "olga", password);
  await seeSignedIn(page, "olga");
  await openSecurity(page);
  await inPasskeys(page, "no-passkeys");
  await page.click(await inPasskeys(page, "submit"));
  await inPasskeys(page, "passkey");
}

async function signOut(page) {
  await page.click(await part(page, "to-signed-in"));
  await seeSignedIn(page, "olga");
  await submit(page);
  await seeView(page, "sign-in");
}

/** Begins without a password and chooses the passkey. */
async function choosePasskey(page) {
  await page.fill(await part(page, "username"), "olga");
  await page.click(await page.find('[data-testid="other-ways"] summary'));
  await page.click(await part(page, "flow-choice"));
  await seeView(page, "challenge-select-challenge");
  await page.click(await part(page, "option-WEB_AUTHN"));
  await submit(page);
  await seeView(page, "challenge-web-authn");
}

const engines = ["chromium", "firefox"];

stories("passkeys", { siteOptions: { config: choice } }, (story) => {
  story("a passkey is made, signs in without a password, and is removed", withAuthenticator(async ({ page }) => {
    await addPasskey(page);
    await signOut(page);

    await choosePasskey(page);
    await submit(page);
    await seeSignedIn(page, "olga");

    await openSecurity(page);
    await page.click(await inPasskeys(page, "passkey-remove"));
    await inPasskeys(page, "no-passkeys");
  }), { engines });

  story("the same device is not registered twice", withAuthenticator(async ({ page }) => {
    await addPasskey(page);

    await page.click(await inPasskeys(page, "submit"));

    await page.find('[data-testid="passkeys"] [data-testid="error"][data-code="passkeyAlreadyRegistered"]');
  }), { engines });

  story("a dialog that finds no passkey is told, and another way is open", async ({ page, driver, server }) => {
    await addAuthenticator(driver);
    try {
      await addPasskey(page);
      await signOut(page);
    } finally {
      await driver.removeVirtualAuthenticator();
    }
    await addAuthenticator(driver);
    try {
      await choosePasskey(page);
      await submit(page);
      await page.find('[data-testid="error"][data-code^="passkey"]');
      await assertNoSession(page);

      await page.click(await part(page, "other-way"));
      await page.click(await part(page, "option-EMAIL_OTP"));
      await submit(page);
      await seeView(page, "challenge-email-otp");
      await page.fill(await part(page, "code"), await server.code("olga@example.com"));
      await submit(page);
      await seeSignedIn(page, "olga");
    } finally {
      await driver.removeVirtualAuthenticator().catch(() => {});
    }
  }, { engines });

  story("an engine without passkeys says so", async ({ page }) => {
    await page.open("/");
    await submitSignIn(page, "olga", password);
    await seeSignedIn(page, "olga");

    await openSecurity(page);
    await inPasskeys(page, "no-passkeys");

    await page.see("This browser cannot make passkeys");
    assert.equal(await page.evaluate(() => document.querySelector('[data-testid="passkeys"] [data-testid="submit"]')), null);
  }, { engines: ["webkit"] });
});

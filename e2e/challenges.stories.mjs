// Every question a pool can ask, answered on the demo page.
import assert from "node:assert/strict";
import { assertNoSession, freshPassword, part, password, seeError, seeSignedIn, seeView, submit, submitCode, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";
import { choice, requiredFactor, secondFactors, seededTotpSecret } from "./pools.mjs";
import { totp } from "./totp.mjs";

const wrong = (code) => (code === "000000" ? "000001" : "000000");

/** Chooses a radio button by the service's name for it. */
async function choose(page, option) {
  await page.click(await part(page, `option-${option}`));
  await submit(page);
}

/** Begins without a password. */
async function beginChoice(page, username) {
  await seeView(page, "sign-in");
  await page.fill(await part(page, "username"), username);
  await page.click(await page.find('[data-testid="other-ways"] summary'));
  await page.click(await part(page, "flow-choice"));
}

stories("second factors", { siteOptions: { config: secondFactors } }, (story) => {
  for (const [username, view, to] of [
    ["sam", "challenge-sms-mfa", "+15555550101"],
    ["emma", "challenge-email-otp", "emma@example.com"],
  ]) {
    story(`${view}: a wrong code is refused, the right one signs in`, async ({ page, server }) => {
      await page.open("/");
      await submitSignIn(page, username, password);
      await seeView(page, view);
      assert.match(await page.text('[data-testid="lead"]'), /\*/, "the address is masked");
      const code = await server.code(to);

      await submitCode(page, wrong(code));
      await seeError(page, "codeMismatch");
      await assertNoSession(page);
      await submitCode(page, code);

      await seeSignedIn(page, username);
    });
  }

  story("authenticator app: a wrong code is refused, the right one signs in", async ({ page }) => {
    await page.open("/");
    await submitSignIn(page, "tina", password);
    await seeView(page, "challenge-software-token-mfa");

    await submitCode(page, wrong(totp(seededTotpSecret)));
    await seeError(page, "codeMismatch");
    await submitCode(page, totp(seededTotpSecret));

    await seeSignedIn(page, "tina");
  });

  for (const [option, view, code] of [
    ["SMS_MFA", "challenge-sms-mfa", (server) => server.code("+15555550102")],
    ["SOFTWARE_TOKEN_MFA", "challenge-software-token-mfa", () => totp(seededTotpSecret)],
    ["EMAIL_OTP", "challenge-email-otp", (server) => server.code("mila@example.com")],
  ]) {
    story(`of several factors ${option} is chosen`, async ({ page, server }) => {
      await page.open("/");
      await submitSignIn(page, "mila", password);
      await seeView(page, "challenge-select-mfa-type");

      await choose(page, option);
      await seeView(page, view);
      await submitCode(page, await code(server));

      await seeSignedIn(page, "mila");
    });
  }

  story("starting over forgets the question", async ({ page }) => {
    await page.open("/");
    await submitSignIn(page, "emma", password);
    await seeView(page, "challenge-email-otp");

    await page.click(await part(page, "start-over"));
    await seeView(page, "sign-in");
    await page.reload();

    await seeView(page, "sign-in");
  });

  story("a reload in the middle goes on where the person was", async ({ page, server }) => {
    await page.open("/");
    await submitSignIn(page, "emma", password);
    await seeView(page, "challenge-email-otp");

    await page.reload();
    await seeView(page, "challenge-email-otp");
    await page.see("goes on where you left it");
    await submitCode(page, await server.code("emma@example.com"));

    await seeSignedIn(page, "emma");
  });

  story("an expired sign-in begins again without the name being typed", async ({ page, server }) => {
    await page.open("/");
    await submitSignIn(page, "emma", password);
    await seeView(page, "challenge-email-otp");
    const code = await server.code("emma@example.com");
    await server.clock(3600);

    await submitCode(page, code);
    await seeView(page, "challenge-password-srp");
    await page.see("took too long");
    // Back to the browser's own time: a proof with an hour-old timestamp is refused for that alone.
    await server.clock(0);
    await page.fill(await part(page, "password"), password);
    await submit(page);
    await seeView(page, "challenge-email-otp");
    await submitCode(page, await server.code("emma@example.com"));

    await seeSignedIn(page, "emma");
  });

  story("two sign-ins in two tabs do not disturb each other", async ({ page, server }) => {
    await page.open("/");
    const other = await page.newTab("/");
    await submitSignIn(page, "emma", password);
    await seeView(page, "challenge-email-otp");
    await submitSignIn(other, "sam", password);
    await seeView(other, "challenge-sms-mfa");

    await submitCode(page, await server.code("emma@example.com"));
    await seeSignedIn(page, "emma");
    await submitCode(other, await server.code("+15555550101"));

    await seeSignedIn(other, "sam");
    await other.close();
  });
});

stories("set-up of a second factor", { siteOptions: { config: requiredFactor } }, (story) => {
  const signInAndChoose = async (page, option) => {
    await page.open("/");
    await submitSignIn(page, "una", password);
    await seeView(page, "challenge-mfa-setup");
    await choose(page, option);
  };

  story("an authenticator app is set up by its key and used at the next sign-in", async ({ page, server }) => {
    await signInAndChoose(page, "SOFTWARE_TOKEN_MFA");
    await seeView(page, "challenge-software-token-setup");
    const secret = (await page.text('[data-testid="secret-code"]')).replace(/\s/g, "");
    const uri = await page.evaluate(() => document.querySelector('[data-testid="otpauth"]').href);
    assert.match(uri, /^otpauth:\/\/totp\/Lifeguard:una\?secret=/);
    assert.equal(new URL(uri).searchParams.get("secret"), secret);

    await submitCode(page, wrong(totp(secret)));
    await seeError(page, "codeMismatch");
    await page.fill(await part(page, "friendly-name"), "My phone");
    await submitCode(page, totp(secret));

    await seeSignedIn(page, "una");
    await submit(page);
    await server.clock(60);
    await submitSignIn(page, "una", password);
    await seeView(page, "challenge-software-token-mfa");
    await submitCode(page, totp(secret, Date.now() + 60_000));
    await seeSignedIn(page, "una");
  });

  story("codes by e-mail are set up with an address", async ({ page, server }) => {
    await signInAndChoose(page, "EMAIL_OTP");
    await seeView(page, "challenge-email-setup");

    await page.fill(await part(page, "email"), "una.new@example.com");
    await submit(page);
    await seeView(page, "challenge-email-otp");
    await submitCode(page, await server.code("una.new@example.com"));

    await seeSignedIn(page, "una");
  });

  story("a temporary password is replaced first, then the factor is set up", async ({ page }) => {
    await page.open("/");
    await submitSignIn(page, "noel", "Temporary-Pass-1!");
    await seeView(page, "challenge-new-password-required");
    await page.fill(await part(page, "new-password"), freshPassword);
    await submit(page);
    await seeView(page, "challenge-mfa-setup");

    await choose(page, "SOFTWARE_TOKEN_MFA");
    await seeView(page, "challenge-software-token-setup");
    await submitCode(page, totp(await page.text('[data-testid="secret-code"]')));

    await seeSignedIn(page, "noel");
  });
});

stories("choice-based sign-in", { siteOptions: { config: choice } }, (story) => {
  for (const [option, view, to] of [
    ["EMAIL_OTP", "challenge-email-otp", "olga@example.com"],
    ["SMS_OTP", "challenge-sms-otp", "+15555550103"],
  ]) {
    story(`${option} signs in without a password`, async ({ page, server }) => {
      await page.open("/");
      await beginChoice(page, "olga");
      await seeView(page, "challenge-select-challenge");

      await choose(page, option);
      await seeView(page, view);
      await submitCode(page, await server.code(to));

      await seeSignedIn(page, "olga");
    });
  }

  for (const option of ["PASSWORD", "PASSWORD_SRP"]) {
    story(`${option} asks for the password next; a wrong one is refused`, async ({ page }) => {
      await page.open("/");
      await beginChoice(page, "olga");
      await seeView(page, "challenge-select-challenge");
      await choose(page, option);
      await part(page, "password");

      await page.fill(await part(page, "password"), "Wrong-Horse-9!");
      await submit(page);
      await part(page, "error");
      await assertNoSession(page);
    });

    story(`${option} signs in with the password`, async ({ page }) => {
      await page.open("/");
      await beginChoice(page, "olga");
      await seeView(page, "challenge-select-challenge");
      await choose(page, option);

      await page.fill(await part(page, "password"), password);
      await submit(page);

      await seeSignedIn(page, "olga");
    });
  }

  story("a person changes their mind midway", async ({ page, server }) => {
    await page.open("/");
    await beginChoice(page, "olga");
    await seeView(page, "challenge-select-challenge");
    await choose(page, "EMAIL_OTP");
    await seeView(page, "challenge-email-otp");

    await page.click(await part(page, "other-way"));
    await choose(page, "SMS_OTP");
    await seeView(page, "challenge-sms-otp");
    await submitCode(page, await server.code("+15555550103"));

    await seeSignedIn(page, "olga");
  });

  story("somebody without a password gets in with a mailed code", async ({ page, server }) => {
    await page.open("/");
    await beginChoice(page, "paul");
    await seeView(page, "challenge-select-challenge");
    await choose(page, "EMAIL_OTP");
    await seeView(page, "challenge-email-otp");
    await submitCode(page, await server.code("paul@example.com"));

    await seeSignedIn(page, "paul");
  });

  story("password and proof still work without choosing", async ({ page }) => {
    await page.open("/");

    await submitSignIn(page, "olga", password);

    await seeSignedIn(page, "olga");
  });
});

// Looking after one's account on the demo page.
import assert from "node:assert/strict";
import { assertAccessibleInBoth } from "./accessible.mjs";
import { assertNoSession, claim, freshPassword, part, password, seeError, seeSignedIn, seeView, submit, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";

const inSection = (page, section, testId) => page.find(`[data-testid="${section}"] [data-testid="${testId}"]`);
const identityPoolId = "eu-west-1:11111111-2222-4333-8444-555555555555";

async function openAccount(page, username = "alice") {
  await page.open("/");
  await submitSignIn(page, username, password);
  await seeSignedIn(page, username);
  await page.click(await part(page, "to-account"));
  await seeView(page, "account");
  await page.waitFor(() => document.querySelector('[data-testid="attribute-email"]').value !== "", { what: "attributes" });
}

async function toFront(page, username = "alice") {
  await page.click(await part(page, "to-signed-in"));
  await seeSignedIn(page, username);
}

/** The rules on the page, and whether each is kept. */
const rules = (page) => page.evaluate(async () => Object.fromEntries([...document.querySelectorAll("[data-rule]")].map(({ dataset }) => [dataset.rule, dataset.kept === "true"])));

stories("account page", { siteOptions: { config: { identityPoolId } } }, (story) => {
  story("a password is changed with its rules in sight", async ({ page }) => {
    await openAccount(page);
    await page.fill(await part(page, "previous-password"), password);
    await page.fill(await part(page, "new-password"), "short");
    assert.deepEqual(await rules(page), { length: false });
    await page.fill(await part(page, "new-password"), "long-but-plain");
    assert.deepEqual(await rules(page), { length: true });

    await page.click(await inSection(page, "password", "submit"));
    await seeError(page, "invalidPassword");
    assert.deepEqual(await rules(page), { length: true, uppercase: false });
    await page.fill(await part(page, "new-password"), freshPassword);
    assert.deepEqual(await rules(page), { length: true, uppercase: true });
    await page.click(await inSection(page, "password", "submit"));
    await inSection(page, "password", "done");

    await toFront(page);
    await submit(page);
    await submitSignIn(page, "alice", password);
    await seeError(page, "incorrectCredentials");
    await page.fill(await part(page, "password"), freshPassword);
    await submit(page);
    await seeSignedIn(page, "alice");
  });

  story("a new address is confirmed by its code, and the tokens know it", async ({ page, server }) => {
    await openAccount(page);
    await page.fill(await part(page, "attribute-email"), "alice.new@example.com");
    await page.fill(await part(page, "attribute-role"), "editor");
    await page.click(await inSection(page, "attributes", "submit"));
    await part(page, "code-sent");
    await page.fill(await part(page, "attribute-code"), await server.code("alice.new@example.com"));
    await page.click(await page.find('[data-testid="verify-form"] [data-testid="submit"]'));
    await page.waitFor(() => [...document.querySelectorAll('[data-testid="attributes"] [data-testid="done"]')].some(({ textContent }) => /confirmed/.test(textContent)), { what: "the confirmation" });
    // Its form goes, and what is below moves up: only then can the way back be clicked.
    await page.waitFor(() => !document.querySelector('[data-testid="verify-form"]')?.offsetParent, { what: "the end of the form for the code" });

    await toFront(page);
    assert.match(await page.text('[data-testid="user-email"]'), /alice\.new@example\.com \(verified\)/);
    assert.equal(await claim(page, "id", "custom:role"), "editor");
  });

  story("the sample APIs know who asks, by token and by signature", async ({ page }) => {
    await openAccount(page);
    await page.click(await part(page, "call-token-api"));
    await page.find('[data-testid="api-answer"][data-status="200"]:not([hidden])');
    assert.match(await page.text('[data-testid="api-answer"]'), /"username": "alice"/);

    await page.click(await part(page, "call-iam-api"));
    await page.waitFor(() => /cognitoIdentityId/.test(document.querySelector('[data-testid="api-answer"]').textContent), { what: "the IAM API's answer" });
    assert.match(await page.text('[data-testid="api-answer"]'), /"cognitoAuthenticationType": "authenticated"/);
  });

  story("an account is deleted by who means it, and by nobody else", async ({ page }) => {
    await openAccount(page);
    await page.fill(await part(page, "deletion-word"), "no");
    await page.click(await inSection(page, "deletion", "submit"));
    await page.waitFor(() => document.querySelector('[data-testid="deletion-word-error"]').textContent !== "", { what: "the question again" });
    await page.fill(await part(page, "deletion-word"), "delete");
    await page.click(await inSection(page, "deletion", "submit"));

    await seeView(page, "sign-in");
    assert.match(await page.text('[data-testid="notice"]'), /deleted/);
    await assertNoSession(page);
    await submitSignIn(page, "alice", password);
    await seeError(page, "incorrectCredentials");
  });

  story("the page can be read and used by everybody", async ({ page }) => {
    await openAccount(page);
    await assertAccessibleInBoth(page, "the account page");
  });
});

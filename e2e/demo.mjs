// What people do on the demo page, for the stories about it.
import { strict as assert } from "node:assert";

/** The seeded people's password, and one that they choose. */
export const password = "Correct-Horse-9!";
export const freshPassword = "Brave-Dolphin-7?";

/** An element by its stable handle, once it is shown. */
export const part = (page, testId, options) => page.find(`[data-testid="${testId}"]`, options);

/** Waits until a view is on the page: `sign-in`, `challenge-email-otp`. */
export const seeView = (page, name) => part(page, `view-${name}`);

/** Fills in user name and password and presses the button. */
export async function submitSignIn(page, username, secret) {
  await seeView(page, "sign-in");
  await page.fill(await part(page, "username"), username);
  await page.fill(await part(page, "password"), secret);
  await submit(page);
}

/** Presses the main button of the view. */
export const submit = async (page) => page.click(await part(page, "submit"));

/** Types the code of a mail or message. */
export async function submitCode(page, code) {
  await page.fill(await part(page, "code"), code);
  await submit(page);
}

/** Waits for the signed-in page of a person. */
export async function seeSignedIn(page, username) {
  await seeView(page, "signed-in");
  assert.equal(await page.text('[data-testid="user-name"]'), username);
}

/** Waits for an error box with this code, and returns what it says to the person. */
export async function seeError(page, code) {
  await page.find(`[data-testid="error"][data-code="${code}"]`);
  return page.text('[data-testid="error"]');
}

/** The value that a claims table shows for a claim. */
export const claim = (page, table, name) => page.text(`[data-testid="${table}-claims"] [data-claim="${name}"] td`);

/** Nothing of a session is kept: nobody is signed in as far as this origin knows. */
export async function assertNoSession(page) {
  const { local, session } = await page.storage();
  const kept = Object.values({ ...local, ...session }).join("\n");
  assert.doesNotMatch(kept, /eyJ[\w-]+\./, "a token is in storage");
}

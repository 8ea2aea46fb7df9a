// A deployment while a tab is open: every file that its page came from is gone, and what is loaded already has to do.
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { demoDist } from "../scripts/lib/demo.mjs";
import { packedPackage } from "../scripts/lib/pack.mjs";
import { claim, password, seeSignedIn, seeView, submitSignIn } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";
import { anHour, Lab, pools, signIn, token, who } from "./session-lab.mjs";

let isDeployed = false;

/** Every file below a folder as a site serves it: there until the deployment. */
function oldFiles(folder, prefix) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
  const file = () => (isDeployed ? { status: 404, body: "not here any more" } : null);
  return Object.fromEntries(names.map((name) => [prefix + name, file]));
}

/** From now on all of these files are gone; tells later which of them were asked for all the same. */
async function deploy({ page, site }, someFile) {
  isDeployed = true;
  assert.equal(await page.evaluate(async (path) => (await fetch(path)).status, someFile), 404);
  const from = site.requests.length;
  return () => site.requests.slice(from);
}

/** A forced refresh, one by expiry, and a sign-out. */
async function refreshTwiceAndSignOut(lab, tab) {
  const first = await token(tab);
  const second = await token(tab, { forceRefresh: true });
  assert.notEqual(second, first);
  await lab.pass(anHour);
  const third = await token(tab);
  assert.notEqual(third, second);
  assert.equal(await lab.calls(), 2);

  const { refreshToken } = await lab.record(tab);
  await tab.evaluate(() => auth.signOut());

  assert.equal(await who(tab), null);
  assert.equal(await lab.record(tab), null);
  const { clientId } = lab.pool;
  await assert.rejects(lab.server.call("GetTokensFromRefreshToken", { RefreshToken: refreshToken, ClientId: clientId }), /NotAuthorized/, "the pool has heard of it");
}

const entry = "/package/dist/index.js";

stories("deployment", { site: "bare", siteOptions: { files: oldFiles(join(packedPackage, "dist"), "/package/dist/") } }, (story) => {
  story("a page that signed in refreshes, signs out and signs in again", async (world) => {
    isDeployed = false;
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const askedFor = await deploy(world, entry);

    await refreshTwiceAndSignOut(lab, tab);
    await signIn(tab, "alice");
    assert.equal(await who(tab), "alice");
    await tab.evaluate(() => auth.session({ forceRefresh: true }));

    assert.deepEqual(askedFor(), []);
  });

  story("a page of somebody signed in that called preload does, too", async (world) => {
    isDeployed = false;
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    await lab.reload(tab);
    await tab.evaluate(() => auth.preload());
    const askedFor = await deploy(world, entry);

    await refreshTwiceAndSignOut(lab, tab);
    await signIn(tab, "alice");

    assert.deepEqual(askedFor(), []);
  });

  story("a page of somebody signed in that had loaded nothing stays signed in, and is told", async (world) => {
    isDeployed = false;
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    await lab.reload(tab);
    assert.equal(await who(tab), "alice");
    await deploy(world, entry);

    await lab.pass(anHour);
    const code = await tab.evaluate(() => auth.getAccessToken().then(() => "", (error) => error.code));

    assert.equal(code, "wasmUnavailable");
    assert.ok(await lab.record(tab), "nobody is signed out for a file that is gone");
    await lab.server.clock(0);
    isDeployed = false;
    await lab.reload(tab);
    assert.equal(await who(tab), "alice", "the reloaded page goes on");
  }, { expectErrors: true });
});

stories("deployment of an app", { siteOptions: { files: oldFiles(demoDist, "/") } }, (story) => {
  story("the built demo refreshes, signs out and signs in again", async (world) => {
    isDeployed = false;
    const { page } = world;
    await page.open("/");
    await submitSignIn(page, "alice", password);
    await seeSignedIn(page, "alice");
    const askedFor = await deploy(world, "/index.html");

    const before = await claim(page, "access", "jti");
    await page.click("Refresh now");
    await page.waitFor((old) => {
      const shown = document.querySelector('[data-testid="access-claims"] [data-claim="jti"] td')?.innerText;
      return shown && shown !== old;
    }, { args: [before], what: "another access token" });
    await page.click("Sign out");
    await seeView(page, "sign-in");
    await page.see("You are signed out. See you soon.");
    await submitSignIn(page, "alice", password);
    await seeSignedIn(page, "alice");

    assert.deepEqual(askedFor(), []);
  });
});

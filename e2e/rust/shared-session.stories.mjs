// One session for a page in Rust and a page in TypeScript of one origin.
import assert from "node:assert/strict";
import { stories } from "../lib/stories.mjs";
import { hears, Lab, password, pools, signIn, token, who } from "../session-lab.mjs";
import { examplePages } from "./pages.mjs";

const aMinuteBeforeAnHour = 3_540;
let endpoint;
const files = examplePages("leptos", () => ({ ...pools.plain, endpoint }));
const keys = (tab) => tab.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("lifeguard.")).sort());

stories("shared session", { site: "bare", siteOptions: { files } }, (story) => {
  const open = async (world) => {
    endpoint = world.server.url;
    const lab = new Lab(world, pools.plain);
    const typescript = await lab.tab();
    return { lab, typescript };
  };

  story("who signs in on a page in TypeScript is signed in on a page in Rust, and a sign-out there ends both", async (world) => {
    const { lab, typescript } = await open(world);
    await signIn(typescript, "alice");
    const rust = await typescript.newTab("/leptos/");

    await rust.see("Signed in as alice");
    assert.equal(await lab.calls("InitiateAuth"), 1);
    await rust.click("Sign out");

    assert.deepEqual(await hears(typescript, "signedOut"), { type: "signedOut", reason: "elsewhere" });
    assert.equal(await who(typescript), null);
  });

  story("who signs in on a page in Rust is signed in on a page in TypeScript, and a sign-out there ends both", async (world) => {
    const { lab, typescript } = await open(world);
    const rust = await typescript.newTab("/leptos/");
    await rust.fill("User name", "alice");
    await rust.fill("Password", password);
    await rust.click("Sign in");
    await rust.see("Signed in as alice");

    assert.equal((await hears(typescript, "signedIn")).user.username, "alice");
    assert.equal(await who(typescript), "alice");
    assert.ok(await token(typescript));
    assert.equal(await lab.calls("InitiateAuth"), 1);
    assert.deepEqual(await keys(typescript), [`lifeguard.${pools.plain.clientId}.epoch`, `lifeguard.${pools.plain.clientId}.session`]);
    await typescript.evaluate(() => auth.signOut());

    await rust.field("User name");
  });

  story("tokens that a page in Rust refreshed are those of the page in TypeScript", async (world) => {
    const { lab, typescript } = await open(world);
    await signIn(typescript, "alice");
    const before = await token(typescript);
    const rust = await typescript.newTab("/leptos/");
    await rust.see("Signed in as alice");
    // The record says that its tokens are about to end: the page in Rust refreshes them when it is opened.
    await rust.evaluate(
      (key, ms) => {
        const record = JSON.parse(localStorage.getItem(key));
        for (const name of ["receivedAt", "expiresAt", "freshUntil"]) record[name] -= ms;
        localStorage.setItem(key, JSON.stringify(record));
      },
      `lifeguard.${pools.plain.clientId}.session`,
      aMinuteBeforeAnHour * 1_000,
    );
    await rust.reload();
    await rust.see("Signed in as alice");

    await rust.waitFor((key, old) => JSON.parse(localStorage.getItem(key)).accessToken !== old, {
      args: [`lifeguard.${pools.plain.clientId}.session`, before],
      what: "refresh",
    });
    assert.notEqual(await token(typescript), before);
    assert.equal(await lab.calls(), 1);
  });
});

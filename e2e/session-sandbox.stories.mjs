// A frame that may keep nothing: no store, no cookies, no IndexedDB, an origin of its own.
import assert from "node:assert/strict";
import { defaultPool } from "./lib/server.mjs";
import { stories } from "./lib/stories.mjs";
import { password } from "./session-lab.mjs";

/* In the frame: signs in, looks, signs out, and says what came of it; `storage` by name. */
const inFrame = `
  const seen = { raw: [] };
  const note = (error) => seen.raw.push(String(error));
  addEventListener("error", ({ message }) => note(message));
  addEventListener("unhandledrejection", ({ reason }) => note(reason));
  addEventListener("message", async ({ data: { base, options, storage, password } }) => {
    const lifeguard = await import(base + "/package/dist/index.js");
    const made = { cookies: () => lifeguard.cookieStorage(), encrypted: () => lifeguard.encryptedStorage() }[storage]?.() ?? storage;
    const auth = lifeguard.createAuth({ ...options, storage: made });
    const attempt = async (work) => {
      try { return await work(); } catch (error) {
        if (!(error instanceof lifeguard.AuthError)) note(error);
        return error.code;
      }
    };
    seen.status = await attempt(() => auth.status);
    auth.on("signedIn", () => {});
    seen.signIn = await attempt(async () => (await auth.signIn({ username: "alice", password })).status);
    seen.user = await attempt(async () => (await auth.user())?.username ?? null);
    seen.cleared = await attempt(async () => (await auth.signOut()).cleared);
    seen.after = await attempt(() => auth.user());
    parent.postMessage(seen, "*");
  });
  parent.postMessage("ready", "*");
`;

/* In the page: opens the frame, and resolves to what it says. */
async function tryFrame(script, message) {
  const frame = Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts", srcdoc: `<!doctype html><script type="module">${script}</script>` });
  const said = () => new Promise((resolve) => addEventListener("message", ({ data }) => resolve(data), { once: true }));
  const ready = said();
  document.body.append(frame);
  await ready;
  const seen = said();
  frame.contentWindow.postMessage({ base: location.origin, ...message }, "*");
  return seen;
}

const siteOptions = { headers: { "access-control-allow-origin": "*" } };

stories("a sandboxed frame", { site: "bare", siteOptions }, (story) => {
  for (const storage of ["local", "session", "memory", "cookies", "encrypted"])
    story(`signs in for as long as it lives, and only AuthErrors come out: ${storage}`, async ({ page, server }) => {
      page.secrets.add(password);
      await page.open("/");

      const seen = await page.evaluate(tryFrame, inFrame, { options: { ...defaultPool, endpoint: server.url }, storage, password });

      assert.deepEqual(seen.raw, []);
      if (storage === "cookies") assert.ok(["signedIn", "storage"].includes(seen.signIn), seen.signIn);
      else assert.equal(seen.signIn, "signedIn");
      assert.equal(seen.user, seen.signIn === "signedIn" ? "alice" : null);
      assert.equal(seen.after, null);
    });
});

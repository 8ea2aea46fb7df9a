// What a page is told of its session without asking, and what it is not told.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { aWhile, addPerson, anHour, dispatch, failure, hears, keepable, Lab, leaveAndComeBack, pools, setClock, signIn, status, token, told, who } from "./session-lab.mjs";

/** Everything that tabs have ever to say to each other. */
const harmless = /^lifeguard\.\w+ (signedIn|refreshed|signedOut( (signOut|refused))?)$/;

stories("session and events", { site: "bare", server: { keep: true } }, (story) => {
  story("all tabs hear of a sign-in, a refresh and a sign-out, each once", async (world) => {
    const lab = new Lab(world, pools.rotating);
    const first = await lab.tab();
    const second = await lab.tab();
    assert.equal(await status(second), "signedOut");

    await signIn(first, "rita");
    assert.equal((await hears(second, "signedIn")).user.username, "rita");
    assert.equal(await status(second), "ok");
    await lab.pass(anHour);
    const fresh = await token(first);
    const { expiresAt } = await hears(second, "refreshed");
    assert.equal(await token(second), fresh);
    assert.equal(expiresAt, (await second.evaluate(() => auth.session())).expiresAt);
    await first.evaluate(() => auth.signOut());
    assert.equal((await hears(first, "signedOut")).reason, "signOut");
    assert.equal((await hears(second, "signedOut")).reason, "elsewhere");

    for (const tab of lab.tabs) {
      assert.equal(await status(tab), "signedOut");
      const names = (await told(tab)).map(({ type }) => type).filter((type) => type !== "statusChanged");
      assert.deepEqual(names, ["signedIn", "refreshed", "signedOut"]);
    }
    assert.equal(await lab.calls(), 1);
    const messages = world.site.console.filter(({ level }) => level === "channel").map(({ text }) => text);
    assert.ok(messages.length > 0);
    assert.deepEqual(messages.filter((text) => !harmless.test(text)), [], "tabs tell each other names of events only");
  });

  story("all tabs hear when somebody else signs in", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");
    await addPerson(world.server, pools.plain, "erin");
    const second = await lab.tab();
    assert.equal(await who(second), "alice");

    await signIn(second, "erin");

    assert.equal((await hears(first, "userChanged")).user.username, "erin");
    assert.equal((await hears(second, "userChanged")).user.username, "erin");
    assert.deepEqual(await told(first, "signedOut"), []);
    assert.equal(await who(first), "erin");
  });

  story("the service's refusal to go on is told as such, in every tab", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");
    const second = await lab.tab();
    assert.equal(await who(second), "alice");
    await world.server.call("AdminUserGlobalSignOut", { UserPoolId: pools.plain.userPoolId, Username: "alice" });
    await lab.pass(anHour);

    assert.equal(await token(first), null);

    for (const tab of lab.tabs) assert.equal((await hears(tab, "signedOut")).reason, "refused");
    for (const tab of lab.tabs) assert.equal(await status(tab), "signedOut");
  });

  story("a service that cannot be reached is a state, not a sign-out", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    assert.equal(await status(tab), "ok");

    await lab.withoutServer(async () => {
      await setClock(tab, anHour);
      assert.equal((await failure(tab)).code, "network");
      await tab.waitFor(() => auth.status === "degraded", { what: "status degraded" });
    });
    await lab.pass(anHour + aWhile);
    assert.equal(await who(tab), "alice");

    await tab.waitFor(() => auth.status === "ok", { what: "status ok" });
    assert.deepEqual((await told(tab, "statusChanged")).map((event) => event.status), ["ok", "degraded", "ok"]);
    assert.deepEqual(await told(tab, "signedOut"), []);
  });

  story("a device without a connection is a state, and its return ends it unasked", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    await lab.withoutServer(async () => {
      await setClock(tab, anHour);
      await tab.evaluate(() => {
        Object.defineProperty(navigator, "onLine", { configurable: true, get: () => false });
        dispatchEvent(new Event("offline"));
      });
      assert.equal((await failure(tab)).code, "offline");
      await tab.waitFor(() => auth.status === "offline", { what: "status offline" });
    });
    await lab.pass(anHour);
    await tab.evaluate(() => {
      delete navigator.onLine;
      dispatchEvent(new Event("online"));
    });

    await tab.waitFor(() => auth.status === "ok", { what: "status ok" });
    await hears(tab, "refreshed");
    assert.deepEqual(await told(tab, "signedOut"), []);
  });

  for (const [target, name] of [["document", "visibilitychange"], ["window", "pageshow"], ["window", "online"], ["document", "resume"]]) {
    story(`tokens about to end are renewed unasked at ${name}, once for all tabs`, async (world) => {
      const lab = new Lab(world, pools.rotating);
      await lab.signedIn("rita");
      await lab.tab();
      await lab.tab();
      await lab.pass(3_550);

      for (const tab of lab.tabs) await dispatch(tab, target, name);

      for (const tab of lab.tabs) await hears(tab, "refreshed");
      assert.equal(await lab.calls(), 1);
    });
  }

  story("a page from the back/forward cache hears what happened meanwhile", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();
    const other = await lab.tab();

    const wasKept = await leaveAndComeBack({
      ...world, lab, tab,
      prepare: () => signIn(tab, "alice"),
      meanwhile: () => other.evaluate(() => auth.signOut()),
    });
    if (!wasKept) return;

    await hears(tab, "signedOut");
    assert.equal(await status(tab), "signedOut");
  }, { siteOptions: keepable });

  story("a store that is cleared as a whole is a sign-out, in every tab", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");
    const second = await lab.tab();
    assert.equal(await who(second), "alice");

    await second.evaluate(() => localStorage.clear());

    assert.equal((await hears(first, "signedOut")).reason, "elsewhere");
    for (const tab of lab.tabs) assert.equal(await who(tab), null);
    for (const tab of lab.tabs) assert.equal(await status(tab), "signedOut");
    assert.equal(await lab.record(first), null, "no tab writes it back");
  });

  story("a single key that another script removed is no sign-out", async (world) => {
    const lab = new Lab(world, pools.plain);
    const first = await lab.signedIn("alice");
    const second = await lab.tab();
    assert.equal(await who(second), "alice");
    await second.evaluate(() => auth.session({ forceRefresh: true }));

    await second.evaluate((key) => localStorage.removeItem(key), `lifeguard.${pools.plain.clientId}.session`);

    for (const tab of lab.tabs) assert.equal(await who(tab), "alice");
    for (const tab of lab.tabs) assert.deepEqual(await told(tab, "signedOut"), []);
    assert.ok((await lab.record(first)).refreshToken, "it is stored again");
  });

  story("handlers may fail, ask and sign out: the others hear all the same", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();
    await tab.evaluate(() => {
      globalThis.heard = [];
      auth.on("signedIn", () => { throw new Error("planted"); });
      auth.on("signedIn", async () => globalThis.heard.push(`signedIn ${(await auth.user()).username}`));
      auth.on("signedIn", async () => globalThis.heard.push(`signedOut ${(await auth.signOut()).cleared}`));
      auth.on("signedOut", async () => globalThis.heard.push(`nobody ${await auth.user()}`));
    });

    await tab.evaluate((secret) => auth.signIn({ username: "alice", password: secret }), "Correct-Horse-9!");

    await tab.waitFor(() => globalThis.heard.length === 3, { what: "three handlers" });
    const heard = await tab.evaluate(() => globalThis.heard);
    assert.ok(heard.includes("signedOut true") && heard.includes("nobody null"), heard.join());
    await tab.waitFor(() => window.__harness.settled());
    const errors = world.site.console.filter(({ level }) => ["uncaught", "unhandled"].includes(level));
    assert.equal(errors.length, 1);
    assert.match(errors[0].text, /planted/);
  }, { expectErrors: true });

  story("who stopped listening hears nothing more", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();
    await tab.evaluate(() => {
      globalThis.heard = [];
      auth.on("signedIn", () => globalThis.heard.push("once"))();
      auth.on("signedIn", () => globalThis.heard.push("kept"));
    });
    await signIn(tab, "alice");
    await tab.waitFor(() => globalThis.heard.includes("kept"), { what: "the handler that was kept" });
    assert.deepEqual(await tab.evaluate(() => globalThis.heard), ["kept"]);

    await tab.evaluate(() => auth.dispose());
    const other = await lab.tab();
    await other.evaluate(() => auth.signOut());

    assert.equal(await who(tab), null, "it still answers when asked");
  });
});

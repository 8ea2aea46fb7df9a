// Sign-in by redirect where something around it is not as usual: clocks, deployments, the words of triggers.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { RedirectLab, siteOptions } from "./redirect-lab.mjs";

const minute = 60_000;

/* In the page: the device's clock is off. */
const shift = (ms) => {
  const Real = Date;
  globalThis.Date = class Date extends Real {
    constructor(...values) {
      super(...(values.length > 0 ? values : [Real.now() + ms]));
    }
    static now = () => Real.now() + ms;
  };
};

stories("redirect under odd conditions", { site: "bare", siteOptions }, (story) => {
  for (const [words, ms] of [["ten minutes slow", -10 * minute], ["a day slow", -1440 * minute], ["eleven minutes fast", 11 * minute], ["seventy minutes fast", 70 * minute]])
    story(`a device whose clock is ${words} signs in, and refreshes`, async (context) => {
      const lab = new RedirectLab(context);
      const page = await lab.open("/");
      await page.evaluate(shift, ms);
      await lab.leave();
      await lab.typeAtManagedLogin();
      await lab.backHome();
      await page.evaluate(shift, ms);

      const result = await lab.handle();

      assert.equal(result.user?.username, "alice", JSON.stringify(result));
      const before = await page.evaluate(() => auth.getAccessToken());
      assert.notEqual(await page.evaluate(() => auth.getAccessToken({ forceRefresh: true })), before);
    });

  for (const [what, text, encode] of [
    ["JSON", JSON.stringify({ code: "BLOCKED", why: 'Grüße "50% off" + more & so on' }), encodeURIComponent],
    ["JSON of 400 characters", JSON.stringify({ code: "BLOCKED", pad: "x".repeat(400) }), encodeURIComponent],
    ["a per cent sign that escapes nothing", "50% off", (words) => words.replaceAll(" ", "+")],
  ])
    story(`the words of a trigger arrive whole: ${what}`, async (context) => {
      const lab = new RedirectLab(context);
      const page = await lab.open("/");
      const state = new URL(await page.evaluate(() => auth.signUpUrl())).searchParams.get("state");

      await page.open(`/?error_description=${encode(`PreSignUp failed with error ${text}. `)}&state=${state}&error=invalid_request`);
      const { error } = await lab.handle();

      assert.equal(error.code, "triggerRefused");
      assert.ok(error.service.message.includes(text), error.service.message);
    });

  let isGone = false;
  const file = () => (isGone ? { status: 503, body: "gone" } : null);
  const files = { ...siteOptions.files, "/package/dist/redirect/redirect.js": file };
  story("a response whose code does not load is not spent: after a reload it signs in", async (context) => {
    const lab = new RedirectLab(context);
    const page = await lab.open("/");
    await lab.leave("signInWithRedirect", { returnTo: "/orders" });
    await lab.typeAtManagedLogin();
    await lab.backHome();
    isGone = true;
    try {
      const { error } = await lab.handle();
      assert.equal(error.code, "wasmUnavailable");
      assert.match(await page.url(), /[?&]code=/);
    } finally {
      isGone = false;
    }

    await page.reload();
    const result = await lab.handle();

    assert.equal(result.user.username, "alice");
    assert.equal(result.returnTo, "/orders");
  }, { siteOptions: { files } });
});

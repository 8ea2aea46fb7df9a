// The examples in Rust: a second factor, the guard, a reload, a sign-out.
import assert from "node:assert/strict";
import { stories } from "../lib/stories.mjs";
import { secondFactors, seededTotpSecret } from "../pools.mjs";
import { rustExamples } from "../../scripts/lib/rust-examples.mjs";
import { password } from "../session-lab.mjs";
import { totp } from "../totp.mjs";
import { examplePages } from "./pages.mjs";

for (const name of rustExamples) {
  let endpoint;
  const files = examplePages(name, () => ({ ...secondFactors, endpoint }));

  stories(`example in ${name}`, { site: "empty", siteOptions: { files } }, (story) => {
    const start = async ({ page, server }, username) => {
      endpoint = server.url;
      await page.open(`/${name}/`);
      await page.fill("User name", username);
      await page.fill("Password", password);
      await page.click("Sign in");
    };

    story("an SMS code opens the guarded view, a reload keeps it, a sign-out closes it", async (world) => {
      const { page, server } = world;
      await start(world, "sam");
      await page.see("the code that was sent to");
      await page.notSee("Signed in as");

      await page.fill("Code", await server.code("+15555550101"));
      await page.click("Continue");
      await page.see("Signed in as sam");
      await page.see("sam@example.com");

      await page.reload();
      await page.see("Signed in as sam");

      await page.click("Sign out");
      await page.field("User name");
      await page.reload();
      await page.field("User name");
      await page.notSee("Signed in as");
      assert.equal((await server.counters()).RevokeToken, 1);
    });

    story("a wrong code of an authenticator app is refused and the right one signs in", async (world) => {
      const { page } = world;
      await start(world, "tina");
      await page.see("authenticator app");
      const code = totp(seededTotpSecret);

      await page.fill("Code", code === "000000" ? "111111" : "000000");
      await page.click("Continue");
      await page.see("the code is wrong");
      await page.fill("Code", totp(seededTotpSecret));
      await page.click("Continue");

      await page.see("Signed in as tina");
    });

    story("a sign-out in another tab closes the guarded view of this one", async (world) => {
      const { page } = world;
      await start(world, "pat");
      await page.see("Signed in as pat");
      const other = await page.newTab(`/${name}/`);
      await other.see("Signed in as pat");

      await other.click("Sign out");

      await other.field("User name");
      await page.field("User name");
    });
  });
}

// Questions of a pool's own triggers, on the demo page.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { freePort, readBody, serve } from "../scripts/lib/static.mjs";
import { assertNoSession, part, seeError, seeSignedIn, seeView, submit } from "./demo.mjs";
import { stories } from "./lib/stories.mjs";

/** Asks two questions, one after the other; one wrong answer more than two ends it. */
const triggers = {
  define({ session }, response) {
    const answered = (result) => session.filter(({ challengeResult }) => challengeResult === result).length;
    response.failAuthentication = answered(false) > 2;
    response.issueTokens = answered(true) >= 2;
    if (!response.failAuthentication && !response.issueTokens) response.challengeName = "CUSTOM_CHALLENGE";
  },
  create({ session }, response) {
    const rounds = session.filter(({ challengeResult }) => challengeResult).length;
    response.publicChallengeParameters = { question: rounds === 0 ? "What color is the upper half of the flag?" : "And the lower half?" };
    response.privateChallengeParameters = { answer: rounds === 0 ? "red" : "yellow" };
    response.challengeMetadata = `round-${rounds}`;
  },
  verify({ challengeAnswer, privateChallengeParameters }, response) {
    response.answerCorrect = challengeAnswer === privateChallengeParameters.answer;
  },
};

const endpoint = (decide) => async (request) => {
  const event = JSON.parse(await readBody(request));
  decide(event.request, event.response);
  return { type: "application/json", body: JSON.stringify(event) };
};
const endpoints = await serve({ files: Object.fromEntries(Object.entries(triggers).map(([name, decide]) => [`/${name}`, endpoint(decide)])) });
after(() => endpoints.close());

const pool = ({ userPoolId, clientId }, define) => `
[[pool]]
id = "${userPoolId}"
[pool.settings.LambdaConfig]
DefineAuthChallenge = "${define}"
CreateAuthChallenge = "${endpoints.url}/create"
VerifyAuthChallengeResponse = "${endpoints.url}/verify"
[[pool.client]]
id = "${clientId}"
[pool.client.settings]
ExplicitAuthFlows = ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
[[pool.user]]
username = "cora"
password = "Correct-Horse-9!"
attributes = { email = "cora@example.com", email_verified = "true" }
`;

const asking = { userPoolId: "eu-west-1_Questions", clientId: "questionsclient00000000001" };
const broken = { userPoolId: "eu-west-1_Broken", clientId: "brokenclient00000000000001" };
const folder = mkdtempSync(join(tmpdir(), "lifeguard-questions-"));
const configFile = join(folder, "pools.toml");
writeFileSync(configFile, pool(asking, `${endpoints.url}/define`) + pool(broken, `http://localhost:${await freePort()}/define`));
after(() => rmSync(folder, { recursive: true, force: true }));

async function begin(page) {
  await page.open("/");
  await seeView(page, "sign-in");
  await page.fill(await part(page, "username"), "cora");
  await page.click(await page.find('[data-testid="other-ways"] summary'));
  await page.click(await part(page, "flow-custom"));
}

async function answer(page, text) {
  // The next question looks like the one before; its field is empty.
  await page.waitFor(() => document.querySelector('[data-testid="answer"]')?.value === "", { what: "fresh question" });
  await page.fill(await part(page, "answer"), text);
  await submit(page);
}

stories("custom challenges", { server: { config: configFile }, siteOptions: { config: asking } }, (story) => {
  story("two questions of the pool's own are answered", async ({ page }) => {
    await begin(page);
    await seeView(page, "challenge-custom-challenge");
    await page.see("upper half");

    await answer(page, "red");
    await page.see("lower half");
    await answer(page, "yellow");

    await seeSignedIn(page, "cora");
  });

  story("a wrong answer is asked again, too many end the sign-in", async ({ page }) => {
    await begin(page);
    await seeView(page, "challenge-custom-challenge");

    for (const wrong of ["blue", "green", "black"]) {
      await page.see("upper half");
      await answer(page, wrong);
    }

    const said = await page.find('[data-testid="error"][data-code]');
    assert.match(await said.getText(), /\S/);
    await assertNoSession(page);
  });

  story("a trigger that is down is told", async ({ page }) => {
    await begin(page);

    await seeError(page, "triggerFailed");
  }, { siteOptions: { config: broken } });
});

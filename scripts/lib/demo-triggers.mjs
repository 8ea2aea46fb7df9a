// The three triggers of the default configuration's pool of custom challenges: a sum to do in one's head.
import { readBody, serve } from "./static.mjs";

/** Of the `LambdaConfig` in dev-server/default.toml. */
const port = 9330;

const decide = {
  /** One right answer signs in; the third wrong one ends it. */
  define({ session = [] }, response) {
    const answered = (result) => session.filter(({ challengeName, challengeResult }) => challengeName === "CUSTOM_CHALLENGE" && challengeResult === result).length;
    response.issueTokens = answered(true) > 0;
    response.failAuthentication = answered(false) > 2;
    if (!response.issueTokens && !response.failAuthentication) response.challengeName = "CUSTOM_CHALLENGE";
  },
  create(_request, response) {
    const [a, b] = [1, 2].map(() => 2 + Math.floor(Math.random() * 18));
    response.publicChallengeParameters = { question: `What is ${a} + ${b}?` };
    response.privateChallengeParameters = { answer: String(a + b) };
    response.challengeMetadata = "SUM";
  },
  verify({ challengeAnswer, privateChallengeParameters }, response) {
    response.answerCorrect = String(challengeAnswer).trim() === privateChallengeParameters.answer;
  },
};

const endpoint = (trigger) => async (request) => {
  const event = JSON.parse(await readBody(request));
  trigger(event.request, (event.response ??= {}));
  return { type: "application/json", body: JSON.stringify(event) };
};

/** Starts the endpoints; resolves to `null` where something else has their port. */
export function serveDemoTriggers() {
  const files = Object.fromEntries(Object.entries(decide).map(([name, trigger]) => [`/${name}`, endpoint(trigger)]));
  return serve({ port, files }).catch(() => null);
}

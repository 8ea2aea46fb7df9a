// Triggers of a dev-server pool: HTTP endpoints that get the service's event and give it back with a response.
import { readBody, serve } from "../../scripts/lib/static.mjs";

/** Asks for the reversed hint twice, after the password where SRP came first; three wrong answers end it. */
const steps = {
  define({ session }, response) {
    const rounds = session.filter(({ challengeName }) => challengeName === "CUSTOM_CHALLENGE");
    const answered = (result) => rounds.filter(({ challengeResult }) => challengeResult === result).length;
    if (session.at(-1)?.challengeName === "SRP_A") response.challengeName = "PASSWORD_VERIFIER";
    else if (session.some(({ challengeName, challengeResult }) => challengeName === "PASSWORD_VERIFIER" && !challengeResult)) response.failAuthentication = true;
    else if (answered(false) >= 3) response.failAuthentication = true;
    else if (answered(true) >= 2) response.issueTokens = true;
    else response.challengeName = "CUSTOM_CHALLENGE";
  },
  create({ session }, response) {
    const hint = `round${session.length}`;
    response.publicChallengeParameters = { hint };
    response.privateChallengeParameters = { answer: reversed(hint) };
    response.challengeMetadata = hint;
  },
  verify({ challengeAnswer, privateChallengeParameters }, response) {
    response.answerCorrect = challengeAnswer === privateChallengeParameters.answer;
  },
};

export const reversed = (text) => [...text].reverse().join("");

/** Starts them; `url` plus `/define`, `/create`, `/verify`; `events` are those that came. */
export async function openTriggers() {
  const events = [];
  const endpoint = (step) => async (request) => {
    const event = JSON.parse(await readBody(request));
    events.push(structuredClone(event));
    step(event.request, event.response);
    return { type: "application/json", body: JSON.stringify(event) };
  };
  const server = await serve({ files: Object.fromEntries(Object.entries(steps).map(([name, step]) => [`/${name}`, endpoint(step)])) });
  return { ...server, events };
}

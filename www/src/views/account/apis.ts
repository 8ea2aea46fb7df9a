import { h } from "../../dom";
import { textButton } from "../../parts";
import type { App } from "../../view";
import { section, type Section } from "../security/section";

/** Two sample APIs of the local pool: one takes the access token, the other AWS credentials. */
export function apisSection(app: App): Section {
  const base = `${app.config.endpoint?.replace(/\/$/, "")}/_sample`;
  const answer = h("pre", { class: "answer", tabindex: "0", role: "region", "aria-label": "Answer of the API", hidden: true, "data-testid": "api-answer" });
  const call = (send: typeof fetch, path: string) => async (signal: AbortSignal): Promise<void> => {
    answer.hidden = true;
    const reply = await send(base + path, { signal });
    const { caller, message } = (await reply.json()) as { caller?: object; message?: string };
    answer.textContent = `${reply.status} ${JSON.stringify(caller ?? message, null, 2)}`;
    answer.dataset.status = String(reply.status);
    answer.hidden = false;
  };
  const made = section({
    title: "APIs",
    testId: "apis",
    about: "Sample APIs of the local pool. Each says who it thinks you are.",
    fields: [],
    load: async () => undefined,
  });
  const button = (label: string, testId: string, run: (signal: AbortSignal) => Promise<void>) => h("p", {}, textButton(label, testId, () => void made.form().perform("Asking…", run)));
  made.body().append(
    button("Ask with the access token", "call-token-api", call(app.auth.fetch, "/token/account/me")),
    ...(app.config.identityPoolId === undefined ? [] : [button("Ask with AWS credentials", "call-iam-api", call(app.auth.signedFetch, "/iam/orders?of=mine"))]),
    answer,
  );
  return made;
}

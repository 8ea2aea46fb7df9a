// Our SDK as a page has it: the packed package in headless Chromium, every request through a recorder.
import { missingReason, openBrowser } from "../../e2e/lib/browser.mjs";
import { Page } from "../../e2e/lib/page.mjs";
import { openSite } from "../../e2e/lib/site.mjs";
import { openRecorder } from "./recorder.mjs";

const engine = "chromium";

/** Why these tests cannot run here, for `skip`; with CI=true that is a failure instead. */
export function skipReason() {
  const reason = missingReason(engine);
  if (reason && process.env.CI === "true") throw new Error(reason);
  return reason ?? false;
}

/** Opens a browser whose page speaks to `target` and nobody else; a target may be named later by `recorder.forwardTo`. */
export async function openSdk(target, { files } = {}) {
  const recorder = await openRecorder(target);
  const site = await openSite("bare", { files });
  const browser = await openBrowser(engine);
  const page = await new Page(browser.driver, site, engine).open("/");

  /** A fresh `Auth` for a pool; its methods run in the page, results and errors come back as data. */
  async function createAuth(options) {
    const id = await page.evaluate(
      async (given) => {
        const { createAuth: create } = await import("lifeguard-cognito");
        window.auths ??= [];
        return window.auths.push(create(given)) - 1;
      },
      { storage: "memory", ...options, endpoint: recorder.url },
    );
    const method = (name) => async (...args) => {
      const { value, error } = await page.evaluate(
        async (index, method, values) => {
          try {
            const path = method.split(".");
            const owner = path.slice(0, -1).reduce((object, name) => object[name], window.auths[index]);
            return { value: (await owner[path.at(-1)](...values)) ?? null };
          } catch ({ name, message, code, service, detail, challenge }) {
            return { error: { name, message, code, service, detail, challenge } };
          }
        },
        id,
        name,
        args,
      );
      if (error) throw Object.assign(new Error(error.message), error);
      return value;
    };
    // `auth.signIn(…)`, and `auth.mfa.setUpTotp(…)`: a part is a function that has methods of its own.
    const part = (prefix) => new Proxy(prefix ? method(prefix) : {}, { get: (_, name) => (name === "then" ? undefined : part(prefix ? `${prefix}.${name}` : name)) });
    return part("");
  }

  return {
    page,
    recorder,
    createAuth,
    async close() {
      await browser.close();
      await site.close();
      await recorder.close();
    },
  };
}

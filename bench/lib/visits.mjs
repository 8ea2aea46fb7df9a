// Cold visits in Chromium: a new browser each time, a slow network, a slow processor.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { openBrowser } from "../../e2e/lib/browser.mjs";
import { serve } from "../../scripts/lib/static.mjs";
import { openDevTools } from "./devtools.mjs";
import { bundlePage, withImports } from "./production.mjs";

const html = readFileSync(new URL("../page/visit/index.html", import.meta.url), "utf8");

/** The page without a client, to compare with. */
export const control = "page alone";

/** Pages in bench/page/visit/, by client. */
const pages = { lifeguard: "lifeguard.js", "aws-amplify": "amplify.js", "amazon-cognito-identity-js": "identity-js.js", [control]: "nothing.js" };

const compressed = (body, type, headers) => ({
  type,
  body: brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  headers: { "content-encoding": "br", ...headers },
});

/** Serves a client's page on an origin of its own, as a CDN would: compressed, the files named by their content to be kept for good. */
export async function openVisitSite(client, settings) {
  const bundle = await bundlePage(`import "./page/visit/${pages[client]}";`);
  const { entry, files } = bundle;
  const served = new Map([...files].map(([name, { body, type }]) => [name, compressed(body, type, { "cache-control": "public, max-age=31536000, immutable" })]));
  // As Vite and others write it into their pages: what the entry imports is loaded with it, not after it.
  const preloads = withImports(bundle, [entry]).filter((name) => name !== entry).map((name) => `<link rel="modulepreload" href="/assets/${name}">`);
  const page = html.replace("SETTINGS", JSON.stringify(settings)).replace("ENTRY", `/assets/${entry}`).replace("PRELOADS", preloads.join(""));
  let transferred = 0;
  const counted = (file) => () => {
    transferred += file.body.length;
    return file;
  };
  const site = await serve({
    files: {
      "/": compressed(Buffer.from(page), "text/html; charset=utf-8", { "cache-control": "no-cache" }),
      "/another-site": { type: "text/html; charset=utf-8", body: "<!doctype html><title>Another site</title>" },
      ...Object.fromEntries([...served].map(([name, file]) => [`/assets/${name}`, counted(file)])),
    },
  });
  return {
    ...site,
    /** Bytes of scripts and wasm sent since the last call. */
    takeTransferred: () => {
      const bytes = transferred;
      transferred = 0;
      return bytes;
    },
  };
}

/**
 * One visit.
 *
 * @param {object} conditions `{ mbit, rttMs, slowdown }`.
 * @returns {Promise<{ ms: number, formMs: number, longestTaskMs: number, longestClientTaskMs: number, tasks: object[], requests: { name: string, startTime: number, duration: number }[], transferred: number, version: string }>}
 *   Milliseconds since the navigation began: until the tokens, and until the form worked. `longestClientTaskMs`: of the tasks
 *   that began when the page's first script was there. `tasks`: the five longest.
 */
export async function visit(site, { mbit, rttMs, slowdown }) {
  const browser = await openBrowser("chromium");
  try {
    const { driver } = browser;
    const version = (await driver.getCapabilities()).get("browserVersion");
    // The browser's own processes are up afterwards; the visit still gets a renderer of its own, because this is another site.
    await driver.get(`http://127.0.0.1:${site.port}/another-site`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const devTools = await openDevTools(driver);
    try {
      await devTools.send("Page.enable");
      await devTools.send("Runtime.enable");
      await devTools.send("Runtime.addBinding", { name: "visitEnded" });
      await devTools.send("Network.enable");
      const bytesPerSecond = (mbit * 1e6) / 8;
      await devTools.send("Network.emulateNetworkConditions", { offline: false, latency: rttMs, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond });
      await devTools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
      const trace = await startTrace(devTools);
      site.takeTransferred();
      const ended = devTools.next("Runtime.bindingCalled", 60_000);
      await devTools.send("Page.navigate", { url: `${site.url}/` });
      const { error, ...outcome } = JSON.parse((await ended).payload);
      if (error) throw new Error(error);
      // Where the emulation did not take, the figures would be those of another visit.
      const tooFast = outcome.requests.find(({ duration }) => duration < rttMs * 0.9);
      if (tooFast) throw new Error(`${tooFast.name} took ${tooFast.duration.toFixed(0)} ms: the slow network was not emulated`);
      const tasks = tasksUntilTokens(await trace.end(), outcome.ms);
      // Before its first script is there, a client cannot have done anything.
      const arrival = Math.min(...outcome.requests.map(({ startTime, duration }) => startTime + duration));
      const own = tasks.find(({ startTime }) => startTime >= arrival)?.duration ?? 0;
      return { ...outcome, tasks: tasks.slice(0, 5), longestTaskMs: tasks[0].duration, longestClientTaskMs: own, transferred: site.takeTransferred(), version };
    } finally {
      devTools.close();
    }
  } finally {
    await browser.close();
  }
}

/** Records what threads do, and the page's own marks. */
async function startTrace(devTools) {
  const events = [];
  devTools.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await devTools.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { recordMode: "recordAsMuchAsPossible", includedCategories: ["disabled-by-default-devtools.timeline", "blink.user_timing"], excludedCategories: ["*"] },
  });
  return {
    async end() {
      const complete = devTools.next("Tracing.tracingComplete", 60_000);
      await devTools.send("Tracing.end");
      await complete;
      return events;
    },
  };
}

/** Tasks of the page's main thread in the `ms` before the tokens were there, in milliseconds since the navigation; longest first. */
function tasksUntilTokens(events, ms) {
  const end = events.find(({ name }) => name === "visit: tokens");
  if (!end) throw new Error("the trace has no end of the visit");
  const begin = end.ts - ms * 1000;
  const tasks = events.filter(({ pid, tid, name, ph, ts, dur }) => pid === end.pid && tid === end.tid && name === "RunTask" && ph === "X" && ts + dur > begin && ts < end.ts);
  if (tasks.length === 0) throw new Error("the trace has no tasks of the page");
  return tasks.map(({ ts, dur }) => ({ startTime: (ts - begin) / 1000, duration: dur / 1000 })).sort((a, b) => b.duration - a.duration);
}

// One WebDriver session per engine, with the drivers named explicitly: nothing is ever downloaded.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Builder, Capabilities } from "selenium-webdriver";
import { findBrowsers, isComplete } from "../../scripts/lib/browsers.mjs";
import { start, waitUntil } from "../../scripts/lib/process.mjs";
import { freePort } from "../../scripts/lib/static.mjs";

export const allEngines = ["chromium", "firefox", "webkit"];

/** Why an engine cannot be driven here, or `null` when it can. */
export function missingReason(engine) {
  const programs = findBrowsers()[engine];
  if (isComplete(programs)) return null;
  const names = Object.entries(programs).filter(([, path]) => !path).map(([part]) => part);
  return `${engine}: ${names.join(" and ")} not installed (npm run setup)`;
}

const asRoot = process.getuid?.() === 0;

const capabilities = {
  chromium: ({ browser }, profile) => ({
    browserName: "chrome",
    "goog:chromeOptions": {
      binary: browser,
      args: [
        "--headless=new", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--no-first-run", "--disable-dev-shm-usage", "--window-size=1280,900", `--user-data-dir=${profile}`,
        ...(asRoot ? ["--no-sandbox"] : []),
      ],
    },
  }),
  firefox: ({ browser }) => ({
    browserName: "firefox",
    "moz:firefoxOptions": {
      binary: browser,
      args: ["-headless", "--width=1280", "--height=900"],
      prefs: { "app.update.disabledForTesting": true, "security.webauth.webauthn_enable_softtoken": true, "security.webauth.webauthn_enable_usbtoken": false },
    },
  }),
  webkit: ({ browser }) => ({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] },
  }),
};

/** WebKitGTK has no headless mode: it gets an X server of its own. */
async function startDisplay(xvfb) {
  const display = start("sh", ["-c", `exec "${xvfb}" -displayfd 1 -screen 0 1280x900x24 -nolisten tcp`]);
  try {
    await waitUntil(async () => /^\d+\s/.test(display.out()), { child: display, what: "Xvfb" });
  } catch (error) {
    await display.stop();
    throw error;
  }
  return { name: `:${display.out().trim().split(/\s/)[0]}`, process: display };
}

/** Opens a browser. `close()` ends it, its driver and its display, whatever state they are in. */
export async function openBrowser(engine) {
  const programs = findBrowsers()[engine];
  const profile = mkdtempSync(join(tmpdir(), `lifeguard-${engine}-`));
  const display = engine === "webkit" ? await startDisplay(programs.display) : null;
  const port = await freePort();
  const env = {
    // A home of its own keeps one session's storage from the next and from the person's own browser.
    ...(engine === "webkit" ? { HOME: profile, XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile, XDG_CONFIG_HOME: profile } : {}),
    ...(engine === "firefox" ? { TMPDIR: profile, MOZ_HEADLESS: "1" } : {}),
    ...(display ? { DISPLAY: display.name } : {}),
    ...(engine === "webkit" && asRoot ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {}),
  };
  const service = start(programs.driver, [engine === "firefox" ? "--port" : `--port=${port}`, ...(engine === "firefox" ? [String(port)] : [])], { env });
  const url = `http://127.0.0.1:${port}`;
  const cleanUp = async () => {
    await service.stop();
    await display?.process.stop();
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // A helper process of the engine may still write its caches; the folder is a temporary one.
    }
  };
  try {
    await waitUntil(async () => (await fetch(`${url}/status`)).ok, { child: service, what: programs.driver });
    const driver = await new Builder()
      .disableEnvironmentOverrides()
      .usingServer(url)
      .withCapabilities(new Capabilities(capabilities[engine](programs, profile)))
      .build();
    await driver.manage().setTimeouts({ script: 60_000, pageLoad: 60_000, implicit: 0 });
    return {
      driver,
      async close() {
        await driver.quit().catch(() => {});
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw new Error(`cannot open ${engine}: ${error.message}\n${service.tail().slice(-2_000)}`);
  }
}

// Which browser engines this machine can drive, and how to get those it cannot.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bad, step, warn } from "./log.mjs";
import { probe, run } from "./run.mjs";

const onPath = (...names) => names.map((name) => probe("sh", ["-c", `command -v ${name}`])).find(Boolean) ?? null;

/** WebKitGTK keeps its test browser off PATH, in a folder named by architecture and API version. */
function miniBrowser() {
  for (const base of ["/usr/lib", "/usr/libexec"]) {
    if (!existsSync(base)) continue;
    for (const arch of [".", ...readdirSync(base)]) {
      for (const api of ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"]) {
        const path = join(base, arch, api, "MiniBrowser");
        if (existsSync(path)) return path;
      }
    }
  }
  return null;
}

/** Engine -> the programs it needs, with `null` for the missing ones. */
export function findBrowsers() {
  return {
    chromium: { browser: onPath("chromium", "chromium-browser", "google-chrome"), driver: onPath("chromedriver") },
    firefox: { browser: onPath("firefox-esr", "firefox"), driver: onPath("geckodriver") },
    webkit: { browser: miniBrowser(), driver: onPath("WebKitWebDriver"), display: onPath("Xvfb") },
  };
}

export const engines = ["chromium", "firefox", "webkit"];
export const isComplete = (programs) => Object.values(programs).every(Boolean);

const packages = {
  chromium: ["chromium", "chromium-driver"],
  firefox: ["firefox-esr"],
  webkit: ["webkit2gtk-driver", "xvfb"],
};

/** Installs missing browsers by apt where that is allowed; says what to install where it is not. */
export async function ensureBrowsers() {
  // geckodriver is ours to compile (tools.mjs), so apt has nothing to do with it.
  const lacks = (engine) => {
    const programs = { ...findBrowsers()[engine] };
    if (engine === "firefox") delete programs.driver;
    return !isComplete(programs);
  };
  const missing = engines.filter(lacks);
  if (missing.length === 0) return [];
  const wanted = missing.flatMap((engine) => packages[engine]);
  const become = process.getuid?.() === 0 ? [] : probe("sudo", ["-n", "true"]) !== null ? ["sudo", "-n"] : null;
  if (become && onPath("apt-get")) {
    const apt = (...args) => {
      const [command, ...rest] = [...become, "apt-get", "-y", ...args];
      return run(command, rest, { env: { DEBIAN_FRONTEND: "noninteractive" }, allowFailure: true, quiet: true });
    };
    await step(`apt-get install ${wanted.join(" ")}`, async () => {
      await apt("update");
      await apt("install", "--no-install-recommends", ...wanted);
    });
  }
  const still = missing.filter(lacks);
  for (const engine of still) {
    const say = process.env.CI === "true" ? bad : warn;
    say(`SKIP ${engine}: not installed. On Debian: apt-get install ${packages[engine].join(" ")}`);
  }
  return still;
}

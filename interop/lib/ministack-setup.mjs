// Installing MiniStack, a Python program, into a virtual environment of its own. Needs no npm package: setup calls it.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { step } from "../../scripts/lib/log.mjs";
import { at, toolsDir } from "../../scripts/lib/paths.mjs";
import { probe, run } from "../../scripts/lib/run.mjs";
import { hashOf, isFresh, writeStamp } from "../../scripts/lib/stamp.mjs";

const home = join(toolsDir, "ministack");
const requirements = at("interop/ministack-requirements.txt");

export const ministackProgram = join(home, "bin", "ministack");
export const ministackPython = join(home, "bin", "python");

/** Installs it once, and again when the pinned versions change. Resolves to why it cannot be had, or to `null`. */
export async function ensureMinistack() {
  const inputs = hashOf([requirements]);
  if (existsSync(ministackProgram) && isFresh("ministack", inputs)) return null;
  if (!probe("python3", ["--version"])) return "MiniStack: python3 is not installed";
  rmSync(home, { recursive: true, force: true });
  const python = (program, args) => run(program, args, { capture: true, allowFailure: true });
  return await step("installing MiniStack into .tools/ministack", async () => {
    const made = await python("python3", ["-m", "venv", home]);
    if (made.code !== 0) return "MiniStack: python3 -m venv failed (on Debian: apt-get install python3-venv)";
    const installed = await python(join(home, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]);
    if (installed.code !== 0) return "MiniStack: pip could not install interop/ministack-requirements.txt";
    writeStamp("ministack", inputs);
    return null;
  });
}

// MiniStack: a user pool by other people that verifies SRP proofs and TOTP codes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../../scripts/lib/paths.mjs";
import { start, waitUntil } from "../../scripts/lib/process.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { freePort } from "../../scripts/lib/static.mjs";
import { openAdmin } from "./aws.mjs";
import { ensureMinistack, ministackProgram, ministackPython } from "./ministack-setup.mjs";

const deployScript = at("interop/lib/deploy_trigger.py");

/** Why it cannot run here, for `skip`; with CI=true that is a failure instead. */
export async function ministackSkipReason() {
  const reason = await ensureMinistack();
  if (reason && process.env.CI === "true") throw new Error(reason);
  return reason ?? false;
}

/** Starts it on a free port, with access keys enforced; nothing is kept. */
export async function openMinistack() {
  const folder = mkdtempSync(join(tmpdir(), "lifeguard-ministack-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = start(ministackProgram, [], {
    cwd: folder,
    env: { AUTH: "true", BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port), STATE_DIR: folder, S3_DATA_DIR: join(folder, "s3"), TMPDIR: folder },
  });
  const close = async () => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil(async () => (await fetch(`${url}/_ministack/health`)).ok, { child, what: "MiniStack" });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    admin: openAdmin(url),
    /** Makes a function of a Python file of triggers/ and resolves to its ARN. */
    async deployTrigger(name) {
      const { output } = await run(ministackPython, [deployScript, url, name, at("interop/triggers", `${name}.py`)], { capture: true });
      return output.trim().split("\n").at(-1);
    },
    log: () => child.tail(),
    close,
  };
}

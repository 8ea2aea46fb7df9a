// Parcel 2 by its command, as its users run it, with no configuration: its production build and its development server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { waitUntil } from "../../scripts/lib/process.mjs";
import { freePort } from "../../scripts/lib/static.mjs";
import { html, project, seeBundle, seeLoaded, skip, useBrowser } from "./lab.mjs";

useBrowser();

const command = join(dirname(createRequire(import.meta.url).resolve("parcel/package.json")), "lib/bin.js");

/** Starts the command on a project's page. */
function parcel(folder, ...args) {
  writeFileSync(join(folder, "index.html"), html("/main.js"));
  const child = spawn(process.execPath, [command, ...args], { cwd: folder });
  const told = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (told.text += data));
  return { child, told };
}

test("parcel builds it as it is", { skip }, async () => {
  const folder = project("parcel");
  const { child, told } = parcel(folder, "build", "index.html", "--dist-dir", "out");

  const [code] = await once(child, "exit");

  if (code !== 0) throw new Error(told.text);
  assert.equal(await seeBundle(folder), 1);
});

test("parcel serves it in development", { skip }, async () => {
  const folder = project("parcel-dev");
  const port = await freePort();
  const { child, told } = parcel(folder, "serve", "index.html", "--port", String(port));
  try {
    await waitUntil(async () => /Built in|Build failed|rror/.test(told.text), { what: "parcel's first build", timeoutMs: 60_000 });
    if (!told.text.includes("Built in")) throw new Error(told.text);
    assert.equal(await seeLoaded(`http://localhost:${port}`), 1);
  } finally {
    child.kill();
    await once(child, "exit");
  }
});

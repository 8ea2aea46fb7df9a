#!/usr/bin/env node
// The examples in Rust: set up, build, and serve them with a local pool.
import { readArgs } from "./lib/args.mjs";
import { buildDevServer, startDevServer } from "./lib/dev-server.mjs";
import { done, fail, step } from "./lib/log.mjs";
import { buildRustExamples, pagesOf, rustExamples } from "./lib/rust-examples.mjs";
import { freePort, serve } from "./lib/static.mjs";
import { ensureRust, ensureTools } from "./lib/tools.mjs";

const help = `
node scripts/examples.mjs [--build] [--release]

Builds examples/ (${rustExamples.join(", ")}) and serves the pages with a local user pool: sam, tina and pat sign in with the
password Correct-Horse-9!, and http://localhost:<pool>/_dev/inbox.html has their codes. Ctrl-C ends both.
  --build    only builds, and says where the pages are
  --release  small and fast, instead of quick to build
`;

const { values } = readArgs(help, { build: { type: "boolean" }, release: { type: "boolean" } });

try {
  await ensureRust();
  await ensureTools(["wasmBindgen"]);
  await buildRustExamples({ release: values.release });
  if (values.build) {
    for (const name of rustExamples) done(`${name}: ${pagesOf(name)}`);
  } else {
    await step("building the dev-server", buildDevServer);
    const pool = await startDevServer({ port: await freePort() });
    const config = { userPoolId: "eu-west-1_LifeGuardMfa", clientId: "lifeguardmfaclient00000001", endpoint: pool.url };
    const file = { type: "application/json", body: JSON.stringify(config) };
    const site = await serve({
      mounts: Object.fromEntries(rustExamples.map((name) => [`/${name}/`, pagesOf(name)])),
      files: Object.fromEntries(rustExamples.map((name) => [`/${name}/config.json`, file])),
    });
    for (const name of rustExamples) done(`${name}: ${site.url}/${name}/`);
    done(`codes: ${pool.url}/_dev/inbox.html`);
  }
} catch (error) {
  fail(error);
}

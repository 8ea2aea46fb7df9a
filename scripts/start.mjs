#!/usr/bin/env node
// The demo on a fresh machine: set up, build, start the local pool and the page, say where they are.
import { build } from "./build.mjs";
import { readArgs } from "./lib/args.mjs";
import { buildDemo, demoDist } from "./lib/demo.mjs";
import { serveDemoTriggers } from "./lib/demo-triggers.mjs";
import { buildDevServer, startDevServer } from "./lib/dev-server.mjs";
import { done, elapsed, fail, step, warn } from "./lib/log.mjs";
import { pack } from "./lib/pack.mjs";
import { at } from "./lib/paths.mjs";
import { defaultConfig, demoConfig, readPools } from "./lib/people.mjs";
import { freePort, serve } from "./lib/static.mjs";
import { setup } from "./setup.mjs";

const help = `
npm start -- [--port N] [--pool-port N] [--data FILE] [--config FILE] [--dev]

Sets up what is missing, builds, starts the local user pool and the demo page, and prints their addresses and the
people who can sign in. Ctrl-C ends both. A second run does no set-up again.
  --port N       port of the demo page (default 5173; a free one when that is taken)
  --pool-port N  port of the user pool (default 9320; a free one when that is taken)
  --data FILE    keeps the pool's people, tokens and keys in this SQLite file
  --config FILE  pools and people from this TOML file instead of dev-server/default.toml
  --dev          serves www/ by Vite's development server: changes show at once
`;

const { values } = readArgs(help, {
  port: { type: "string" },
  "pool-port": { type: "string" },
  data: { type: "string" },
  config: { type: "string" },
  dev: { type: "boolean" },
});

/** The port asked for must be had; the default one may give way. */
async function tryPort(asked, usual, open) {
  if (asked !== undefined) return open(Number(asked));
  try {
    return await open(usual);
  } catch {
    return open(await freePort());
  }
}

async function serveByVite(port, config) {
  const { createServer } = await import(at("www/node_modules/vite/dist/node/index.js"));
  const vite = await createServer({
    root: at("www"),
    configFile: at("www/vite.config.ts"),
    server: { port, strictPort: true, fs: { allow: [at(".")] } },
    plugins: [
      {
        name: "lifeguard-config",
        configureServer: (server) =>
          server.middlewares.use("/config.json", (_request, response) => {
            response.setHeader("content-type", "application/json");
            response.end(JSON.stringify(config));
          }),
      },
    ],
  });
  await vite.listen();
  return { url: `http://localhost:${port}` };
}

try {
  await setup("start");
  await build();
  await step("building the dev-server", buildDevServer);
  if (!values.dev) {
    await pack();
    await buildDemo();
  }
  const configFile = values.config ?? defaultConfig;
  const { startIdp, usualPort } = await import("../idp/start.mjs");
  const idp = await startIdp({ port: usualPort }).catch(() => startIdp());
  const args = ["--identity-provider", idp.url, ...(values.config ? ["--config", values.config] : []), ...(values.data ? ["--data", values.data] : [])];
  const pool = await tryPort(values["pool-port"], 9320, (port) => startDevServer({ port, args }));
  if (!values.config && !(await serveDemoTriggers())) {
    warn("port 9330 is taken: nobody answers the triggers of the pool lifeguard-custom-challenges");
  }
  const pools = readPools(configFile);
  const config = demoConfig(pool.url, pools);
  const page = await tryPort(values.port, 5173, (port) =>
    values.dev
      ? serveByVite(port, config)
      : serve({ port, mounts: { "/": demoDist }, files: { "/config.json": { body: JSON.stringify(config) } } }),
  );
  // Where sign-in by redirect comes back to, and sign-out ends.
  const urls = [`${page.url}/`];
  const told = await fetch(`${pool.url}/_dev/app-urls`, { method: "POST", body: JSON.stringify({ urls }) });
  if (!told.ok) throw new Error(`the user pool refused the page's address: ${await told.text()}`);

  done(`ready (${elapsed()})\n`);
  console.log(`  Demo page   ${page.url}`);
  console.log(`  User pool   ${pool.url}   (endpoint of ${config.userPoolId}, client ${config.clientId})`);
  console.log(`  Providers   ${idp.url}   (plays Google, Facebook, a company's own and SAML; anybody signs in by a click)`);
  console.log(`  Inbox       ${pool.url}/_dev/inbox   (codes that would go by mail or SMS)\n`);
  for (const choice of config.pools ?? [{ label: null, people: config.people }]) {
    console.log(choice.label ? `  People of ${choice.label}:` : "  People:");
    for (const { username, password, note } of choice.people) {
      console.log(`    ${username.padEnd(12)} ${(password ?? "(no password)").padEnd(20)} ${note}`);
    }
  }
  console.log("\n  Ctrl-C ends both.");
  await pool.child.ended;
  throw new Error(`the dev-server ended (${pool.child.describe()}):\n${pool.child.tail()}`);
} catch (error) {
  fail(error);
  process.exit();
}

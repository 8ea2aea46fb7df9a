#!/usr/bin/env node
// The identity providers alone.
import { parseArgs } from "node:util";
import { startIdp, usualPort } from "./start.mjs";

const help = `node idp/server.mjs [--port N]

Identity providers on loopback for the redirect flow: OpenID Connect, OAuth as Facebook does it, and SAML 2.0. Anybody signs in by
a click; nothing is kept.
  --port N   port to listen on (default ${usualPort}; 0 picks a free one and prints it)`;

const { values } = parseArgs({ options: { port: { type: "string", default: String(usualPort) }, help: { type: "boolean", short: "h" } } });
if (values.help) {
  console.log(help);
} else {
  const { url } = await startIdp({ port: Number(values.port) });
  console.log(`listening on ${url}`);
}

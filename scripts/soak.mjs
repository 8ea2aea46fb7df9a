// A long run of the local pool: sign-ins by the ten thousand with ten days between two halves. Nothing may grow with what
// has expired, and the last calls may take no longer than the first ones.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildDevServer, devServerBinary, startDevServer } from "./lib/dev-server.mjs";
import { at } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { freePort } from "./lib/static.mjs";

const { values: options } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    parallel: { type: "string", default: "4" },
    starts: { type: "string", default: "20" },
    debug: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});
if (options.help) {
  console.log(`npm run soak -- [options]

Signs in to a local pool with a data file, moves its clock ten days at half time, and compares the end with the start.

  --count N      sign-ins in all [100000]
  --parallel N   at once [4]
  --starts N     starts of the server; the shortest time to the first answer counts, the median is told [20]
  --debug        with the debug build, which nobody installs: its time to the first answer is only told

Builds the server with the profile "server"; LIFEGUARD_DEV_SERVER names another binary.
`);
  process.exit(0);
}

const COUNT = Number(options.count);
const PARALLEL = Number(options.parallel);
/** No run takes longer: a server that hangs ends the soak. */
const LONGEST_MS = 45 * 60_000;
const TEN_DAYS = 10 * 86_400;
/** Letters that the server keeps, as its README says. */
const MOST_LETTERS = 5000;
const PEOPLE = 50;
const PASSWORD = "Correct-Horse-9!";
const CLIENT = "soakclient0000000000000001";

const folder = mkdtempSync(join(tmpdir(), "lifeguard-soak-"));
const config = join(folder, "pool.toml");
const data = join(folder, "pool.sqlite");
const people = Array.from({ length: PEOPLE }, (_, number) => `person${number}`);
writeFileSync(
  config,
  `[[pool]]
id = "eu-west-1_Soak"
[pool.settings]
Policies = { SignInPolicy = { AllowedFirstAuthFactors = ["PASSWORD", "EMAIL_OTP"] } }
[[pool.client]]
id = "${CLIENT}"
[pool.client.settings]
ExplicitAuthFlows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
RefreshTokenValidity = 1
TokenValidityUnits = { RefreshToken = "hours" }
${people.map((name) => `[[pool.user]]\nusername = "${name}"\npassword = "${PASSWORD}"\nattributes = { email = "${name}@example.com", email_verified = "true" }`).join("\n")}
`,
);

await build();
const ready = await measured(Number(options.starts), firstAnswer);
const port = await freePort();
const begin = performance.now();
const server = await startDevServer({ port, args: ["--config", config, "--data", data, "--quiet"] });
const agent = new http.Agent({ keepAlive: true, maxSockets: PARALLEL * 2 });

/** The build that is installed, unless another one is wanted. */
async function build() {
  if (options.debug || process.env.LIFEGUARD_DEV_SERVER) return buildDevServer();
  await run("cargo", ["build", "--profile", "server", "-p", "lifeguard-dev-server", "--quiet"]);
  process.env.LIFEGUARD_DEV_SERVER = join(process.env.CARGO_TARGET_DIR ?? at("target"), "server", "lifeguard-dev-server");
}

/** Milliseconds from the start of the process, with the pools of the built-in configuration, to its first answer. */
async function firstAnswer() {
  const start = performance.now();
  const child = spawn(devServerBinary(), ["--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  try {
    const port = await new Promise((resolve, reject) => {
      child.once("error", reject).once("exit", () => reject(new Error("the server did not start")));
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (part) => {
        text += part;
        const line = /listening on http:.*:(\d+)\n/.exec(text);
        if (line) resolve(line[1]);
      });
    });
    await new Promise((resolve, reject) => http.get({ host: "127.0.0.1", port, path: "/_dev/health" }, (response) => response.resume().once("end", resolve)).once("error", reject));
    return performance.now() - start;
  } finally {
    child.kill();
    await gone;
  }
}

/** The shortest is what it takes; whatever else the machine does only adds to that. */
async function measured(times, measure) {
  const took = [];
  for (let time = 0; time < times; time++) took.push(Math.round(await measure()));
  took.sort((a, b) => a - b);
  return { shortestMs: took[0], medianMs: took[Math.floor(times / 2)] };
}

/** One request; its body as JSON. */
function send(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, agent, headers: { "content-type": "application/x-amz-json-1.1", ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.on("end", () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 200)}`))));
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const call = (operation, input) => send("POST", "/", input, { "x-amz-target": `AWSCognitoIdentityProviderService.${operation}` });
const initiate = (AuthFlow, AuthParameters) => call("InitiateAuth", { ClientId: CLIENT, AuthFlow, AuthParameters });

let lettersSent = 0;
/** A code by mail that nobody types. */
async function letter(USERNAME) {
  const { ChallengeName } = await initiate("USER_AUTH", { USERNAME, PREFERRED_CHALLENGE: "EMAIL_OTP" });
  if (ChallengeName !== "EMAIL_OTP") throw new Error(`${ChallengeName} in the place of a code`);
  lettersSent++;
}

/** A sign-in; now and then one that nobody finishes comes before it. Gives its milliseconds. */
async function signIn(number) {
  const USERNAME = people[number % PEOPLE];
  if (number % 10 === 0) await initiate("USER_SRP_AUTH", { USERNAME, SRP_A: "2f".repeat(300) });
  if (number % 10 === 5) await letter(USERNAME);
  const start = performance.now();
  const { AuthenticationResult } = await initiate("USER_PASSWORD_AUTH", { USERNAME, PASSWORD });
  if (!AuthenticationResult?.AccessToken) throw new Error("a sign-in gave no tokens");
  return performance.now() - start;
}

async function many(from, to) {
  const took = [];
  let next = from;
  const worker = async () => {
    while (next < to) {
      const number = next++;
      if (performance.now() - begin > LONGEST_MS) throw new Error("the soak took too long");
      took.push(await signIn(number));
      if (number % 5000 === 0) console.log(`  ${number} ${JSON.stringify(state())}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return took;
}

/** Memory of the process and size of its file, in MB. */
function state() {
  const size = (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const mb = (bytes) => Math.round(bytes / 1e5) / 10;
  let memory;
  try {
    memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))[1]) * 1024;
  } catch {
    memory = Number.NaN;
  }
  return { memoryMb: mb(memory), fileMb: mb(size(data) + size(`${data}-wal`)) };
}

function latency(took) {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}

let failed = false;
const check = (name, isRight, told) => {
  failed ||= !isRight;
  console.log(`${isRight ? "ok  " : "FAIL"} ${name}: ${told}`);
};

try {
  const sample = Math.max(200, Math.floor(COUNT / 20));
  await many(0, Math.min(500, sample));
  const start = { ...latency(await many(500, 500 + sample)), ...state() };
  await many(500 + sample, COUNT / 2);
  const half = state();
  await send("POST", "/_dev/clock", { offsetSeconds: TEN_DAYS });
  // While it is deleted what has expired.
  const between = latency(await many(COUNT / 2, COUNT - sample));
  const end = { ...latency(await many(COUNT - sample, COUNT)), ...state() };
  // However few sign-ins: more letters than are kept, or the last check could not fail.
  while (lettersSent <= MOST_LETTERS + 100) await Promise.all(people.slice(0, PARALLEL).map(letter));
  const inbox = await send("GET", "/_dev/inbox");
  console.log(JSON.stringify({ count: COUNT, ready, start, half, between, end }, null, 1));
  if (!options.debug) check("it answers within 100 ms of its start", ready.shortestMs < 100, `${ready.shortestMs} ms, half of the starts within ${ready.medianMs} ms`);
  check("the 99th percentile at the end is at most 1.5 times that at the start", end.p99 <= 1.5 * start.p99, `${end.p99} ms, ${start.p99} ms`);
  check("the file holds no more than what has not expired", end.fileMb <= 1.25 * half.fileMb + 5, `${end.fileMb} MB, at half time ${half.fileMb} MB`);
  check("memory does not grow with what has expired", end.memoryMb <= 1.25 * half.memoryMb + 20, `${end.memoryMb} MB, at half time ${half.memoryMb} MB`);
  const [newest, oldest] = [inbox[0]?.id, inbox.at(-1)?.id];
  const isNewest = newest === lettersSent && oldest === lettersSent - MOST_LETTERS + 1;
  check("the inbox has the newest letters only", inbox.length === MOST_LETTERS && isNewest, `${inbox.length} letters, ${oldest} to ${newest} of ${lettersSent}`);
} finally {
  agent.destroy();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

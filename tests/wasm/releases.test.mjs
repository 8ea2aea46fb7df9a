// Both ways to build the core, the small one with its unstable flags and the plain one: each module by its own glue, as
// wasm-opt left it. What a step does is tested natively, in src/step/tests.rs; here, that the flags change nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { at } from "../../scripts/lib/paths.mjs";
import { openCore, runVectors } from "../../scripts/lib/vector-runner.mjs";
import { releases, vectorsFiles } from "../../scripts/lib/wasm.mjs";

const config = { userPoolId: "eu-west-1_Ab12", clientId: "client1" };
const vectors = JSON.parse(readFileSync(at("tests/vectors/srp_vectors.json"), "utf8"));

for (const release of releases) {
  const { glue, wasm, kind } = vectorsFiles(release);
  /** `step` of a new instance, data in and data out; extends the transcript. */
  const open = async () => {
    const { imports, begin, step } = await import(pathToFileURL(glue).href);
    const { instance } = await WebAssembly.instantiate(readFileSync(wasm), imports);
    begin(instance.exports);
    return (operation, input, transcript) => {
      const output = JSON.parse(step(JSON.stringify({ config, operation, input, state: {}, transcript })));
      transcript.push(...output.entries);
      return output;
    };
  };

  test(`${release}: it is what its name says`, () => {
    assert.equal(kind, release);
  });

  test(`${release}: every known answer agrees`, async () => {
    const result = await runVectors(await openCore(await import(pathToFileURL(glue).href), readFileSync(wasm)), vectors);

    assert.equal(result.difference, undefined);
    assert.ok(result.checked > 100, `${result.checked} checked`);
  });

  test(`${release}: a sign-in sends its first request, each time with another ephemeral`, async () => {
    const step = await open();
    const send = () => firstRequest(step, { username: "alice", password: "secret" }).effect;

    const [one, two] = [send(), send()];

    assert.equal(one.kind, "send");
    assert.match(one.url, /cognito-idp\.eu-west-1/);
    assert.match(one.body, /SRP_A/);
    assert.doesNotMatch(one.body, /secret/);
    assert.notEqual(one.body, two.body);
  });

  test(`${release}: a misuse is data`, async () => {
    const { failed } = (await open())("doWhatIMean", {}, []);

    assert.equal(failed.code, "misuse");
  });

  test(`${release}: a transcript that does not fit is a trap`, async () => {
    const step = await open();
    const { transcript } = firstRequest(step, { username: "alice", password: "secret" });
    transcript[0][0] += 1;

    assert.throws(() => step("signIn", { username: "alice", password: "secret" }, transcript), WebAssembly.RuntimeError);
  });
}

/** A sign-in up to its first request: stores are empty. */
function firstRequest(step, input) {
  const transcript = [];
  for (;;) {
    const { effect } = step("signIn", input, transcript);
    if (effect.kind === "send") return { effect, transcript };
    transcript.push([effect.id, effect.kind === "read" ? effect.items.map(() => null) : null]);
  }
}

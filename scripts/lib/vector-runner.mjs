// Runs a file of the form of tests/vectors/srp_vectors.json through the core's wasm; no Node API, so that a page can
// import it, too. Stops at the first difference.

const anyPool = { userPoolId: "us-east-1_Ab1C2d3E4", clientId: "1example23456789abcdefghij" };

/**
 * The core without the wrapper: for operations that need no effect.
 * @param {object} glue its lifeguard.js.
 * @param {BufferSource} bytes its wasm.
 * @param {object} [options]
 * @param {object} [options.config] the pool.
 */
export async function openCore(glue, bytes, options) {
  const { instance } = await WebAssembly.instantiate(bytes, glue.imports);
  return coreOf(glue, instance.exports, options);
}

/**
 * The same on the core as JavaScript.
 * @param {object} glue a lifeguard.js.
 * @param {object} part the without-wasm.js that imports it.
 */
export const openJavascript = (glue, { javascript }, options) => coreOf(glue, javascript()(), options);

function coreOf(glue, exports, { config = anyPool } = {}) {
  glue.begin(exports);
  return {
    async call(operation, input) {
      const { done, failed } = JSON.parse(glue.step(JSON.stringify({ config, operation, input, state: {}, transcript: [] })));
      if (failed) throw failed;
      return done;
    },
  };
}

/** Inputs of the vector, not results of the client. */
const notComputed = new Set(["B_wire", "confirm_device"]);

const toBase64 = (hex) => btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));

/** Minimal two's complement, as the service pads what it hashes. */
function pad(hex) {
  const even = hex.length % 2 ? `0${hex}` : hex;
  const minimal = even.replace(/^(00)+(?=..)/, "");
  return Number.parseInt(minimal.slice(0, 2), 16) >= 0x80 ? `00${minimal}` : minimal;
}

class Difference extends Error {}

function compare(vector, symbol, expected, got) {
  if (expected === got) return;
  const texts = [expected, got].map(String);
  let first = 0;
  while (texts[0][first] === texts[1][first] && first < texts[0].length) first++;
  // The neighborhood of the first difference says more than 768 digits do.
  const around = (text) => `${first > 40 ? "…" : ""}${text.slice(Math.max(0, first - 40), first + 80)}${text.length > first + 80 ? "…" : ""} (${text.length} characters)`;
  throw new Difference(`vector ${vector}, symbol ${symbol}, from character ${first + 1}:\n  expected ${around(texts[0])}\n  got      ${around(texts[1])}`);
}

const handshake = ({ id, kind, in: given, out }) => ({
  id,
  group: kind === "device" ? given.device_group_key : given.pool_name,
  user: kind === "device" ? given.device_key : given.user_id_for_srp,
  password: kind === "device" ? given.device_password : given.password,
  a: given.a,
  B: out.B_wire,
  salt: given.salt_wire,
  secretBlock: given.secret_block,
  epoch: given.epoch,
});

async function compute(core, { id, ...input }) {
  try {
    return await core.call("srpVector", { ...input, verifier: true });
  } catch (error) {
    throw new Difference(`vector ${id}: the core refused it (${error?.code ?? error?.message ?? error} ${error?.detail ?? ""})`);
  }
}

async function runOne(core, vector) {
  const { id, out, in: given } = vector;
  const got = await compute(core, handshake(vector));
  for (const [symbol, expected] of Object.entries(out)) {
    if (!notComputed.has(symbol)) compare(id, symbol, expected, got[symbol]);
  }
  if (given.timestamp !== undefined) compare(id, "timestamp", given.timestamp, got.timestamp);
  if (out.confirm_device) {
    compare(id, "confirm_device.Salt", out.confirm_device.Salt, toBase64(got.salt_pad));
    compare(id, "confirm_device.PasswordVerifier", out.confirm_device.PasswordVerifier, toBase64(pad(got.verifier)));
  }
}

/**
 * @param {object} core made by openCore.
 * @param {object} file the parsed vectors.
 * @returns {Promise<{ checked: number, notes: string[] } | { difference: string }>}
 */
export async function runVectors(core, file) {
  const notes = [];
  let checked = 0;
  try {
    if (!Array.isArray(file.vectors) || file.vectors.length === 0) throw new Difference("the file holds no vectors");
    for (const vector of file.vectors) {
      await runOne(core, vector);
      checked++;
    }
    const sample = file.vectors[0];
    for (const { n, pad: expected } of file.pad_hex ?? []) {
      // The salt is the one integer of the handshake that may have any value.
      const got = await compute(core, { ...handshake(sample), id: `pad_hex ${n.slice(0, 40)}`, salt: n });
      compare(`pad_hex ${n.slice(0, 40)}`, "salt_pad", expected, got.salt_pad);
      checked++;
    }
    for (const { epoch, text } of file.timestamp ?? []) {
      const got = await compute(core, { ...handshake(sample), id: `timestamp ${epoch}`, epoch });
      compare(`timestamp ${epoch}`, "timestamp", text, got.timestamp);
      checked++;
    }
    for (const B of file.reject?.client_must_refuse_B ?? []) {
      const refused = await core.call("srpVector", { ...handshake(sample), id: undefined, B }).then(
        () => null,
        (error) => error,
      );
      // The refusal is data of the core; what else comes is a trap.
      if (!refused || refused instanceof Error) {
        throw new Difference(`vector reject.client_must_refuse_B ${B.slice(0, 40)}, symbol B: ${refused ? "trapped" : "accepted, but must be refused"}`);
      }
      checked++;
    }
    if (file.secret_hash) notes.push("secret_hash: left out, a browser client has no secret");
    return { checked, notes };
  } catch (error) {
    if (error instanceof Difference) return { difference: error.message };
    throw error;
  }
}

import { checkAnswer, makeInput } from "./inputs.js";

/** A sample lasts at least this long, because engines round their clocks to as much as a millisecond. */
const sampleMs = 60;
const pause = () => new Promise((resolve) => setTimeout(resolve, 30));

/**
 * Measures all implementations, interleaved: every round takes them one after the other, each round beginning with
 * another one, on inputs that are the same for all.
 *
 * @param {object[]} implementations see implementations/index.js.
 * @param {object} options
 * @param {number} options.rounds
 * @param {(text: string) => void} options.report progress, for people.
 * @returns {Promise<{ implementation: string, about: string, firstMs: number, samplesMs: number[] }[]>}
 */
export async function measure(implementations, { rounds, report }) {
  const rows = [];
  for (const implementation of implementations) {
    report(`checking ${implementation.name}`);
    await implementation.prepare?.();
    await pause();
    const [firstMs, oneMs] = [await check(implementation), await check(implementation)];
    rows.push({ implementation, firstMs, repeats: implementation.beforeEach ? 1 : Math.max(1, Math.ceil(sampleMs / oneMs)), samplesMs: [] });
  }
  // Two rounds more at the beginning, not counted: engines compile hot code in the background.
  for (let round = -2; round < rounds; round++) {
    report(round < 0 ? "warming up" : `round ${round + 1} of ${rounds}`);
    const input = await makeInput();
    for (let turn = 0; turn < rows.length; turn++) {
      const row = rows[(turn + round + 2) % rows.length];
      await pause();
      const ms = await sample(row, input);
      if (round >= 0) row.samplesMs.push(ms);
    }
  }
  return rows.map(({ implementation: { name, about }, firstMs, samplesMs }) => ({ implementation: name, about, firstMs, samplesMs }));
}

/** Time of one handshake whose answer is checked. */
async function check(implementation) {
  const input = await makeInput();
  await implementation.beforeEach?.(input);
  const start = performance.now();
  const answer = await implementation.handshake(input);
  const ms = performance.now() - start;
  await checkAnswer(implementation.name, input, answer);
  return Math.max(ms, 0.1);
}

async function sample({ implementation, repeats }, input) {
  if (!implementation.beforeEach) {
    const start = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) await implementation.handshake(input);
    return (performance.now() - start) / repeats;
  }
  let ms = 0;
  const count = 8;
  for (let repeat = 0; repeat < count; repeat++) {
    await implementation.beforeEach(input);
    const start = performance.now();
    await implementation.handshake(input);
    ms += performance.now() - start;
  }
  return ms / count;
}

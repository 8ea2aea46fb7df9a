// The two readers of a stored session agree: this table is run by a test of the core, too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, mock, test } from "node:test";
import { dueAt } from "../../dist/session/due.js";
import { findRecord, isFresh, parseRecord } from "../../dist/session/stored-session.js";

const { poolId, clientId, cases } = JSON.parse(readFileSync(new URL("../vectors/session_times.json", import.meta.url), "utf8"));
const empty = { getItem: () => null };

afterEach(() => mock.timers.reset());

for (const { name, record, epoch, now, valid, fresh, dueInMs } of cases) {
  test(name, () => {
    mock.timers.enable({ apis: ["Date"], now });
    const found = parseRecord(record, epoch, poolId);

    assert.equal(found !== undefined, valid);
    const values = { [`lifeguard.${clientId}.session`]: record, [`lifeguard.${clientId}.epoch`]: epoch };
    const lasting = { getItem: (key) => values[key] ?? null };
    const read = findRecord({ userPoolId: poolId, clientId }, { memory: empty, tab: empty, lasting, local: () => undefined });
    assert.equal(read?.text, valid ? record : undefined, "the store's reader says the same");
    if (!found) return;
    assert.equal(isFresh(found), fresh);
    const [least, greatest] = [1, 0].map((dice) => Math.max(0, dueAt(found, dice) - now));
    assert.ok(Math.abs(least - dueInMs[0]) <= 1, `${least} and ${dueInMs[0]}`);
    assert.ok(Math.abs(greatest - dueInMs[1]) <= 1, `${greatest} and ${dueInMs[1]}`);
  });
}

test("the generated constants follow the list that Rust is generated from", async () => {
  const { numbers, texts } = JSON.parse(readFileSync(new URL("../../src/shared.json", import.meta.url), "utf8"));
  const listed = Object.fromEntries(Object.entries({ ...numbers, ...texts }).map(([name, { value }]) => [name, value]));
  assert.deepEqual({ ...(await import("../../dist/generated/constants.js")), ...(await import("../../dist/generated/live-session.js")) }, listed);
});

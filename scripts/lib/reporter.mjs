// How `node --test` tells of its tests: a line each as it ends, failures in full at the end, counts for npm test.
import { appendFileSync } from "node:fs";
import { basename } from "node:path";

export default async function* report(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for await (const { type, data } of source) {
    if (type === "test:diagnostic" && data.nesting > 0) yield `      ${data.message}\n`;
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A suite (and a file, to the runner) passes and fails with its tests: counting it would count them twice.
    const broken = type === "test:fail" && data.details.error?.failureType !== "subtestsFailed";
    if (data.details.type === "suite" && !broken) continue;
    const took = `${(data.details.duration_ms / 1000).toFixed(1)} s`;
    if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped++;
      yield `  - SKIPPED ${data.name}: ${data.skip || data.todo || "no reason given"}\n`;
    } else if (type === "test:pass") {
      counts.passed++;
      yield `  ✓ ${data.name} (${took})\n`;
    } else {
      counts.failed++;
      failures.push(data);
      yield `  ✗ ${data.name} (${took})\n`;
    }
  }
  for (const { name, details, file, line } of failures) {
    const cause = details.error?.cause ?? details.error;
    yield `\n  ✗ ${name}\n    ${file ?? ""}:${line ?? ""}\n${String(cause?.stack ?? cause).replace(/^/gm, "    ")}\n`;
  }
  if (process.env.COUNTS_FILE) appendFileSync(process.env.COUNTS_FILE, `${JSON.stringify({ ...counts, failures: failures.map(inShort) })}\n`);
}

/** A failure in at most a few lines. */
function inShort({ name, file, details }) {
  const cause = details.error?.cause ?? details.error;
  const reason = String(cause?.message ?? cause).split("\n").slice(0, 4).join("\n    ");
  return `${name} (${basename(file ?? "")})\n    ${reason}`;
}

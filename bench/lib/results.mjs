// Figures from samples, as a table for people and as rows for programs.
import { cpus } from "node:os";

const sorted = (values) => [...values].sort((a, b) => a - b);
export const quantile = (values, part) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))];
const round = (value) => Number(value.toPrecision(4));

/** Rows of one engine, with ratios to `reference`. */
export function summarize(engine, measured, reference) {
  const medians = new Map(measured.map(({ implementation, samplesMs }) => [implementation, quantile(samplesMs, 0.5)]));
  return measured.map(({ implementation, about, firstMs, samplesMs }) => ({
    engine,
    implementation,
    about,
    medianMs: round(medians.get(implementation)),
    minMs: round(Math.min(...samplesMs)),
    p90Ms: round(quantile(samplesMs, 0.9)),
    firstMs: round(firstMs),
    ratio: round(medians.get(implementation) / medians.get(reference)),
    samples: samplesMs.length,
  }));
}

/** One line an implementation; times in milliseconds. */
export const table = (rows) =>
  columns(
    ["implementation", "median", "min", "p90", "first", "ratio"],
    rows.map((row) => [row.implementation, row.medianMs, row.minMs, row.p90Ms, row.firstMs, row.ratio]),
  );

/** Lines of aligned columns, the first to the left. */
export function columns(head, rows) {
  const lines = rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toFixed(2) : cell)));
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column].length)));
  const format = (line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  return [head, ...lines].map(format).join("\n");
}

/** What the figures were measured on. */
export const machine = () => ({ cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: `${process.platform} ${process.arch}` });

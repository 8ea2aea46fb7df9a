// One way of telling what is going on: a line when a step begins, a line when it took time.
const started = Date.now();
const tty = process.stdout.isTTY;
const paint = (code, text) => (tty ? `\u001b[${code}m${text}\u001b[0m` : text);

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
export const info = (text) => console.log(`${paint(36, "·")} ${text}`);
export const done = (text) => console.log(`${paint(32, "✓")} ${text}`);
export const warn = (text) => console.log(`${paint(33, "!")} ${text}`);
export const bad = (text) => console.error(`${paint(31, "✗")} ${text}`);
export const elapsed = () => seconds(Date.now() - started);

/** Announces a step, and every 20 seconds that it is still going. */
export async function step(title, action) {
  const begin = Date.now();
  info(title);
  const beat = setInterval(() => info(`${title} … ${seconds(Date.now() - begin)}`), 20_000);
  try {
    return await action();
  } finally {
    clearInterval(beat);
    const took = Date.now() - begin;
    if (took > 2_000) info(`${title}: ${seconds(took)}`);
  }
}

/** Ends a script with a readable line; the stack only when somebody asks for it. */
export function fail(error) {
  bad(error?.message ?? String(error));
  if (process.env.DEBUG && error?.stack) console.error(error.stack);
  process.exitCode = 1;
}

// Command lines: `--name value`, `--name=value`, `--flag`, and the rest.
import { parseArgs } from "node:util";
import { bad } from "./log.mjs";

/** Parses the command line; `--help` prints the text and ends the process. */
export function readArgs(help, options = {}, { allowPositionals = false, args = process.argv.slice(2) } = {}) {
  try {
    const parsed = parseArgs({ args, allowPositionals, options: { ...options, help: { type: "boolean", short: "h" } } });
    if (parsed.values.help) {
      console.log(help.trim());
      process.exit(0);
    }
    return parsed;
  } catch (error) {
    bad(error.message);
    console.error(`\n${help.trim()}`);
    process.exit(2);
  }
}

/**
 * The module for everything after a sign-in, with its glue and the address of its WebAssembly.
 */
import { connectTo } from "./core.js";
import * as glue from "./lifeguard-account.js";

export const connect = connectTo(
  "account",
  glue,
  () => new URL("./lifeguard-account_bg.wasm", import.meta.url),
);

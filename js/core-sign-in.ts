/**
 * The module that signs people in, with its glue and the address of its WebAssembly.
 */
import { connectTo } from "./core.js";
import * as glue from "./lifeguard-sign-in.js";

export const connect = connectTo(
  "signIn",
  glue,
  () => new URL("./lifeguard-sign-in_bg.wasm", import.meta.url),
);

/**
 * The WebAssembly of the core: compiled once a page, in an instance that can be replaced between any
 * two steps. The file is taken where it is one; else the same bytes come as text in a chunk of the
 * package, which every bundler carries. Where none may run, the core comes as JavaScript.
 */
import { within } from "../effects/clock.js";
import type { Host } from "../effects/host.js";
import { AuthError } from "../errors/auth-error.js";
import { authError } from "../errors/codes.js";
import { begin, imports } from "../lifeguard.js";
import type { WasmSource } from "../types/index.js";

/** How long a server may take for the file, in milliseconds. */
const DEADLINE_MS = 30_000;

/** Makes an instance. */
type Make = () => WebAssembly.Exports | Promise<WebAssembly.Exports>;

let compiling: Promise<Make> | undefined;
let isCompiled = false;
let starting: Promise<void> | undefined;
let memory: WebAssembly.Memory | undefined;

/** Where the core comes from: what the application gave, or the file of the package. */
export type Source = WasmSource | Host["file"];

/** Compiles the core. A failure is forgotten, so that the next call tries again. */
export function compile(source: Source): Promise<Make> {
  compiling ??= take(source).then(
    (compiled) => {
      isCompiled = true;
      return compiled;
    },
    (cause: unknown) => {
      compiling = undefined;
      throw cause instanceof AuthError ? cause : unavailable(cause);
    },
  );
  return compiling;
}

/** Has an instance ready. */
export function load(source: Source): Promise<void> {
  starting ??= start(source).catch((cause: unknown) => {
    starting = undefined;
    throw cause instanceof AuthError ? cause : unavailable(cause);
  });
  return starting;
}

/** Whether the core needs no file any more. */
export const isLoaded = () => isCompiled;

/** Whether an instance is ready for a step. */
export const isReady = () => memory !== undefined;

/**
 * Leaves nothing in the memory of the instance, and has the next step begin in a new one.
 *
 * SECURITY: the core neither frees nor wipes what a call took; this is where it goes.
 */
export function replace(): void {
  // One that is only starting has seen nothing: dropping it here would let two run, one unwiped.
  if (!memory) return;
  new Uint8Array(memory.buffer).fill(0);
  starting = memory = undefined;
}

async function start(source: Source): Promise<void> {
  if (typeof globalThis.crypto?.getRandomValues !== "function")
    throw authError("cryptoUnavailable");
  const exports = await (await compile(source))();
  begin(exports);
  memory = exports["memory"] as WebAssembly.Memory;
}

async function take(source: Source): Promise<Make> {
  try {
    // Before anything is compiled: no WebAssembly, no SIMD, or a policy that forbids it (where Safari
    // compiles, and makes no instance).
    new WebAssembly.Instance(await WebAssembly.compile(SIMD));
  } catch (cause) {
    const part = import("./without-wasm.js").catch(() => {
      throw unavailable(cause);
    });
    return (await inTime(part)).javascript();
  }
  const compiled = await (typeof source === "function"
    ? compileOwn(source as Host["file"])
    : compileGiven(source));
  return async () => (await WebAssembly.instantiate(compiled, imports)).exports;
}

async function compileOwn(ask: Host["file"]): Promise<WebAssembly.Module> {
  return WebAssembly.compile((await ownBytes(ask)) ?? (await asText()));
}

/** Whether the file has been read, or tried: the next attempt asks the server again. */
let isAgain = false;

/** The file beside the package; `undefined` where there is none, or something else. */
async function ownBytes(ask: Host["file"]): Promise<ArrayBuffer | undefined> {
  try {
    const reply = ask(isAgain);
    isAgain = true;
    const bytes = await bytesOf(reply);
    return bytes && isWasm(bytes) ? bytes : undefined;
  } catch (cause) {
    // The text would come from the same server: who waits has waited long enough.
    if (cause instanceof AuthError) throw cause;
    // A policy, a bundler's address that is none, a page that came from a file.
    return undefined;
  }
}

async function asText(): Promise<Uint8Array<ArrayBuffer>> {
  const { text } = await inTime(import("./wasm-text.js"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

async function compileGiven(source: WasmSource): Promise<WebAssembly.Module> {
  const given = await source;
  if (given instanceof WebAssembly.Module) return given;
  if (typeof given === "string" || given instanceof URL) {
    const file = await bytesOf(fetch(given));
    if (!file) throw gone();
    return WebAssembly.compile(file);
  }
  if (typeof Response !== "function" || !(given instanceof Response))
    return WebAssembly.compile(given as BufferSource);
  if (!given.ok) throw gone();
  return WebAssembly.compile(await inTime(given.arrayBuffer()));
}

/** The bytes of a reply; `null` where the server has none. */
function bytesOf(asked: Promise<Response>): Promise<ArrayBuffer | null> {
  // No streaming: a server that sends the wrong type must not matter.
  return inTime(asked.then((reply) => (reply.ok ? reply.arrayBuffer() : null)));
}

/** What a server sends, if it does so in time. */
async function inTime<T extends object | null>(sent: Promise<T>): Promise<T> {
  const result = await within(sent, DEADLINE_MS);
  if (result !== undefined) return result;
  const detail = "the server did not answer in time";
  throw new AuthError("wasmUnavailable", { detail, retryable: true });
}

/** Whether bytes begin as WebAssembly does; a page of HTML does not. */
function isWasm(bytes: ArrayBuffer): boolean {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  const begun = new Uint8Array(bytes);
  return magic.every((byte, at) => begun[at] === byte);
}

const gone = () =>
  new AuthError("wasmUnavailable", {
    detail: "the server does not have the file: after a deployment, reload the page",
  });

/** The smallest code with a SIMD instruction. */
const SIMD = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

/** Why the core did not load, and whether a repeat may help. */
export function unavailable(cause: unknown): AuthError {
  const [detail, retryable] = reason(cause);
  return new AuthError("wasmUnavailable", { detail, retryable, cause });
}

function reason(cause: unknown): [detail: string, retryable: boolean] {
  if (globalThis.navigator?.onLine === false) return ["this device is offline", true];
  const { name, message } = (cause ?? {}) as { name?: string; message?: string };
  // In the next two the JavaScript in its place did not load: a repeat may help.
  // Chromium, Firefox and Safari each have an error of their own for this.
  if (/unsafe-eval|Content Security Policy|\bCSP\b/.test(message ?? ""))
    return ["forbidden by the page's policy: script-src needs 'wasm-unsafe-eval'", true];
  if (!globalThis.WebAssembly?.validate(SIMD))
    return ["this browser has no WebAssembly with SIMD", true];
  if (name === "CompileError" || name === "LinkError") return ["the file is damaged", false];
  return ["not found, or forbidden by a policy: after a deployment, reload the page", true];
}

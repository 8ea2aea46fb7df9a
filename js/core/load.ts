/**
 * The WebAssembly of the core: compiled once a page, in an instance that can be replaced between any
 * two steps. The file is taken where it is one; else the same bytes come as text in a chunk of the
 * package, which every bundler carries.
 */
import { AuthError } from "../errors/auth-error.js";
import { begin, imports } from "../lifeguard.js";
import type { WasmSource } from "../types/index.js";

/** How long a server may take for the file, in milliseconds. */
const DEADLINE_MS = 30_000;

let compiling: Promise<WebAssembly.Module> | undefined;
let starting: Promise<void> | undefined;
let memory: WebAssembly.Memory | undefined;

/** Has an instance ready. A failure is forgotten, so that the next call tries again. */
export function load(source: WasmSource | undefined): Promise<void> {
  starting ??= start(source).catch((cause: unknown) => {
    starting = undefined;
    throw cause instanceof AuthError ? cause : unavailable(cause);
  });
  return starting;
}

/** Whether an instance is ready. */
export const isLoaded = () => memory !== undefined;

/**
 * Leaves nothing in the memory of the instance, and has the next step begin in a new one.
 *
 * SECURITY: the core neither frees nor wipes what a call took; this is where it goes.
 */
export function replace(): void {
  if (memory) {
    new Uint8Array(memory.buffer).fill(0);
    // The glue looks anew for memory when what it knows is detached.
    memory.grow(0);
  }
  starting = memory = undefined;
}

async function start(source: WasmSource | undefined): Promise<void> {
  if (typeof WebAssembly !== "object")
    throw new AuthError("wasmUnavailable", { detail: "this browser has no WebAssembly" });
  if (typeof globalThis.crypto?.getRandomValues !== "function")
    throw new AuthError("cryptoUnavailable");
  compiling ??= (source === undefined ? compileOwn() : compileGiven(source)).catch((cause) => {
    compiling = undefined;
    throw cause;
  });
  const { exports } = await WebAssembly.instantiate(await compiling, imports);
  begin(exports);
  memory = exports["memory"] as WebAssembly.Memory;
}

/** The file beside this one, or its copy as text where there is none. */
async function compileOwn(): Promise<WebAssembly.Module> {
  const file = await fetched(() => new URL("../lifeguard_bg.wasm", import.meta.url));
  return WebAssembly.compile(file && isWasm(file) ? file : await asText());
}

/** The bytes at an address; `undefined` where it gives none. */
async function fetched(address: () => URL): Promise<ArrayBuffer | undefined> {
  try {
    // One plain fetch instead of streaming: a server that sends the wrong type must not matter.
    const reply = await inTime(fetch(address()));
    return reply.ok ? await inTime(reply.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}

async function asText(): Promise<Uint8Array<ArrayBuffer>> {
  const { text } = await import("./wasm-text.js");
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

async function compileGiven(source: WasmSource): Promise<WebAssembly.Module> {
  const given = await source;
  if (given instanceof WebAssembly.Module) return given;
  const isAddress = typeof given === "string" || given instanceof URL;
  const reply = isAddress ? await inTime(fetch(given)) : given;
  if (typeof Response !== "function" || !(reply instanceof Response))
    return WebAssembly.compile(reply as BufferSource);
  if (!reply.ok)
    throw new AuthError("wasmUnavailable", {
      detail: `the server answered ${reply.status}: after a deployment, reload the page`,
    });
  return WebAssembly.compile(await inTime(reply.arrayBuffer()));
}

/** Whether bytes begin as WebAssembly does; a page of HTML does not. */
function isWasm(bytes: ArrayBuffer): boolean {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  const start = new Uint8Array(bytes, 0, Math.min(bytes.byteLength, magic.length));
  return magic.every((byte, at) => start[at] === byte);
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), DEADLINE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What the application can do about a part of the package that did not load. */
export function unavailable(cause: unknown): AuthError {
  const isOffline = globalThis.navigator?.onLine === false;
  const detail = isOffline
    ? "this device is offline"
    : "not found, or forbidden by a policy; after a deployment, reload the page";
  return new AuthError("wasmUnavailable", { detail, cause, retryable: isOffline });
}

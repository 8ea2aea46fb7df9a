/** The file of the core, which is asked for while the code that runs it is still on its way. */

let reply: Promise<Response> | undefined;

/** The server's reply, to be read once: `isAgain` asks anew. */
export function ownFile(isAgain?: boolean): Promise<Response> {
  if (isAgain || !reply) reply = ask();
  return reply;
}

async function ask(): Promise<Response> {
  // Throws where WebAssembly is missing or forbidden (in Safari the instance is), by the smallest module:
  // the file would be fetched for nothing.
  new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)));
  // Vite, webpack and others find the file by this very form of words. It throws where a bundle does not know its address.
  return fetch(new URL("../lifeguard_bg.wasm", import.meta.url));
}

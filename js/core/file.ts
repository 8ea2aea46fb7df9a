/** The file of the core, which is asked for while the code that runs it is still on its way. */

let reply: Promise<Response> | undefined;

/** The server's reply, to be read once: `isAgain` asks anew. */
export function ownFile(isAgain?: boolean): Promise<Response> {
  if (isAgain || !reply) reply = ask();
  return reply;
}

// Vite, webpack and others find the file by this very form of words. It throws where a bundle does not know its address.
const ask = async () => fetch(new URL("../lifeguard_bg.wasm", import.meta.url));

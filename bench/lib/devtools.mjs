// A small client of the Chrome DevTools Protocol, for what WebDriver has no words for: slow networks, slow processors, traces.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Connects to the first tab of a Chromium that WebDriver has opened. */
export async function openDevTools(driver) {
  // selenium-webdriver brings it along; Node has a WebSocket of its own from version 22 on.
  const { WebSocket } = createRequire(fileURLToPath(new URL("../../e2e/package.json", import.meta.url)))("ws");
  const { debuggerAddress } = (await driver.getCapabilities()).get("goog:chromeOptions");
  const tabs = await (await fetch(`http://${debuggerAddress}/json/list`)).json();
  const socket = new WebSocket(tabs.find(({ type }) => type === "page").webSocketDebuggerUrl, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));

  const pending = new Map();
  const handlers = new Map();
  let last = 0;
  socket.on("message", (text) => {
    const { id, method, params, result, error } = JSON.parse(text);
    if (method) handlers.get(method)?.(params);
    const call = pending.get(id);
    pending.delete(id);
    if (error) call?.reject(new Error(`${call.method}: ${error.message}`));
    else call?.resolve(result);
  });
  return {
    send: (method, params = {}) =>
      new Promise((resolve, reject) => {
        last += 1;
        pending.set(last, { method, resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params }));
      }),
    /** Sets the handler of an event. */
    on: (method, handler) => handlers.set(method, handler),
    /** Resolves to the next event of this name; rejects when it does not come. */
    next: (method, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${method} within ${timeoutMs} ms`)), timeoutMs);
        handlers.set(method, (params) => {
          clearTimeout(timer);
          resolve(params);
        });
      }),
    close: () => socket.terminate(),
  };
}

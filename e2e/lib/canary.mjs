// After every story: is anything secret in a place where it must not be? Storage keys, channels, console, addresses,
// history, errors, names of requests, the server's log; passwords and codes not even in stored values.

/** Long and opaque, three parts or more: access, ID and refresh tokens look like this. */
const tokenShape = /[\w-]{16,}\.[\w-]*\.[\w.-]{16,}/g;

const isCode = (text) => /^\d{4,8}$/.test(text);

/** A code is short: it counts only where no further letter or digit touches it. */
function occurs(secret, text) {
  if (!isCode(secret)) return text.includes(secret) || text.includes(encodeURIComponent(secret));
  return new RegExp(`(?<![\\w.:-])${secret}(?![\\w.:-])`).test(text);
}

/** In the page: everything it keeps or has asked for. */
async function gather() {
  // By name: a story may have taken a store from the page.
  const entries = (name) => Object.entries({ ...globalThis[name] });
  const rows = [];
  for (const { name } of (await globalThis.indexedDB?.databases?.()) ?? []) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      const all = await new Promise((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      rows.push([`${name}/${store}`, JSON.stringify(all)]);
    }
    database.close();
  }
  return {
    stored: [...entries("localStorage"), ...entries("sessionStorage"), ...rows, ...document.cookie.split("; ").filter(Boolean).map((cookie) => cookie.split("="))],
    addresses: [location.href, document.referrer, ...performance.getEntriesByType("resource").map(({ name }) => name)],
    state: JSON.stringify(history.state) ?? "",
    title: document.title,
  };
}

/**
 * Where secrets were found, in words that do not repeat them.
 *
 * @param {object} story
 * @param {import("./page.mjs").Page} story.page
 * @param {object} story.site
 * @param {object|null} story.server
 * @param {Iterable<string>} [story.secrets] further values to look for.
 */
export async function findLeaks({ page, site, server, secrets = [] }) {
  const kept = await page.evaluate(gather);
  const messages = server ? await server.inbox() : [];
  const forbidden = [
    ...[...page.secrets, ...secrets].map((value) => ["a password", value]),
    ...messages.filter(({ code }) => code).map(({ code }) => ["a code", String(code)]),
  ];
  const tokens = [...new Set(kept.stored.flatMap(([, value = ""]) => value.match(tokenShape) ?? []))].map((value) => ["a token", value]);

  const places = [
    ...kept.stored.map(([key]) => ["a storage key", key]),
    ...kept.addresses.map((address) => ["an address", address]),
    ["the history's state", kept.state],
    ["the title", kept.title],
    ...site.console.map(({ level, text }) => [level === "channel" ? "a message between tabs" : `the console (${level})`, text]),
    ...site.console.map(({ url }) => ["the page's address", url]),
    ...(server ? [["the server's log", server.log()]] : []),
  ];
  const values = kept.stored.map(([key, value = ""]) => [`the stored value of ${key.slice(0, 60)}`, value]);

  const found = new Set();
  for (const [what, secret] of forbidden) {
    for (const [where, text] of [...places, ...values]) if (secret && occurs(secret, text)) found.add(`${what} in ${where}`);
  }
  for (const [what, secret] of tokens) {
    for (const [where, text] of places) if (occurs(secret, text)) found.add(`${what} in ${where}`);
  }
  return [...found];
}

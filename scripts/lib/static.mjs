// A small file server for the demo, the stories and the benchmarks: loopback only, right MIME types, no directory listing.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

const types = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8", ".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml",
  ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".map": "application/json", ".txt": "text/plain; charset=utf-8",
};

async function fileBelow(folder, path) {
  const full = normalize(join(folder, path));
  if (full !== folder && !full.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return null;
  for (const candidate of [full, join(full, "index.html")]) {
    try {
      return { body: await readFile(candidate), type: types[extname(candidate)] ?? "application/octet-stream" };
    } catch {
      // a folder, or nothing there: try the next
    }
  }
  return null;
}

/**
 * Serves folders and made-up files.
 *
 * @param {object} options
 * @param {Record<string, string>} [options.mounts] URL prefix (ends in "/") -> folder; the longest prefix wins.
 * @param {Record<string, object|Function>} [options.files] exact path -> `{ body, type, status, headers }`, or a
 *   function `(request) => that | null | Promise`, asked before the mounts; `null` goes on to the mounts.
 * @param {Record<string, string>} [options.headers] sent with every answer.
 * @param {string} [options.inject] HTML put right after `<head>` of every HTML answer.
 * @returns {Promise<{ port: number, url: string, close(): Promise<void> }>}
 */
export async function serve({ mounts = {}, files = {}, headers = {}, inject = "", port = 0 }) {
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);

  const find = async (request, path) => {
    const made = files[path];
    const file = typeof made === "function" ? await made(request) : made;
    if (file) return file;
    for (const prefix of prefixes) {
      if (path.startsWith(prefix)) return fileBelow(mounts[prefix], path.slice(prefix.length));
    }
    return null;
  };

  const server = createServer(async (request, response) => {
    try {
      const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
      const found = await find(request, path);
      const file = found ?? { status: 404, type: types[".txt"], body: "not found" };
      const type = file.type ?? types[extname(path)] ?? types[".txt"];
      let body = file.body ?? "";
      if (inject && type.startsWith("text/html")) body = String(body).replace(/<head[^>]*>/i, (head) => head + inject);
      response.writeHead(file.status ?? 200, { "content-type": type, "cache-control": "no-store", ...headers, ...file.headers });
      response.end(request.method === "HEAD" ? undefined : body);
    } catch (error) {
      response.writeHead(400, { "content-type": types[".txt"] });
      response.end(error instanceof URIError ? "bad address" : "cannot serve this");
    }
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const bound = server.address().port;
  return {
    port: bound,
    url: `http://localhost:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The body of a request, as text. */
export async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** A port nobody listens on at the moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

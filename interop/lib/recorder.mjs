// A loopback proxy between the SDK and a server: what it saw are the bytes that left the browser.
import { createServer, request as httpRequest } from "node:http";
import { problemsOfRequest } from "./facts.mjs";

const operationOf = (headers) => headers["x-amz-target"]?.split(".")[1];

async function bytesOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends a request on as it came and resolves to the answer. */
function forward(target, { method, url, headers }, body) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(target);
    const onward = httpRequest({ hostname, port, method, path: url, headers: { ...headers, host: `${hostname}:${port}`, connection: "close" } }, resolve);
    onward.once("error", reject);
    onward.end(body);
  });
}

/** What a server that answered a wrong shape would have said. */
const complaints = new Set(["SerializationException", "UnknownOperationException"]);

/** Starts a recorder in front of `target` (an http URL on this machine), which `forwardTo` may name later. */
export async function openRecorder(given) {
  let target = given;
  const entries = [];
  const server = createServer(async (request, response) => {
    try {
      const body = await bytesOf(request);
      const answer = await forward(target, request, body);
      const reply = await bytesOf(answer);
      if (request.method !== "OPTIONS") {
        entries.push({
          operation: operationOf(request.headers),
          method: request.method,
          path: request.url,
          headers: request.headers,
          body: body.toString("utf8"),
          status: answer.statusCode,
          error: answer.statusCode >= 400 ? errorName(answer.headers, reply) : null,
        });
      }
      response.writeHead(answer.statusCode, answer.headers);
      response.end(reply);
    } catch {
      response.writeHead(502);
      response.end();
    }
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    url: `http://localhost:${port}`,
    entries,
    forwardTo: (url) => (target = url),
    operations: () => entries.map(({ operation }) => operation),
    /** Everything the service's models would object to, and every answer that says so. */
    problems: ({ allowInvalidParameter = false } = {}) =>
      entries.flatMap((entry) => [
        ...problemsOfRequest(entry),
        ...(complaints.has(entry.error) || (entry.error === "InvalidParameterException" && !allowInvalidParameter) ? [`${entry.operation} was answered ${entry.error}`] : []),
      ]),
    clear: () => entries.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function errorName(headers, reply) {
  const text = headers["x-amzn-errortype"] ?? parsed(reply).__type ?? "";
  return text.split(/[:,]/)[0].split("#").at(-1);
}

function parsed(reply) {
  try {
    return JSON.parse(reply.toString("utf8"));
  } catch {
    return {};
  }
}

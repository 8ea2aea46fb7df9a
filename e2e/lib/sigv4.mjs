// Signs a call as administrators' scripts do: AWS Signature Version 4, for the one form the stories need.
import { createHash, createHmac } from "node:crypto";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/**
 * The headers of a signed `POST /`.
 *
 * @param {object} call
 * @param {string} call.host as the request will name it.
 * @param {Record<string, string>} call.headers to be signed, names in lower case.
 * @param {string} call.body
 * @param {string} call.region
 * @param {Date} call.now by the server's clock.
 */
export function signed({ host, headers, body, region, now, accessKey = "test", secret = "test", service = "cognito-idp" }) {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const all = { ...headers, host, "x-amz-date": time };
  const names = Object.keys(all).sort();
  const list = names.join(";");
  const canonical = ["POST", "/", "", ...names.map((name) => `${name}:${all[name]}`), "", list, sha256(body)].join("\n");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const key = scope.reduce(hmac, `AWS4${secret}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n")).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope.join("/")}, SignedHeaders=${list}, Signature=${signature}`;
  return { ...headers, "x-amz-date": time, authorization };
}

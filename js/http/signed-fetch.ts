/**
 * `fetch` with an AWS Signature Version 4: sent to listed addresses only. The core signs; the secret
 * does not leave it.
 */
import { isAllowed, readAllowed } from "./allow-list.js";
import type { Call } from "../core/core.js";
import { AuthError } from "../errors/auth-error.js";
import type { PresignInput, SignedFetchOptions } from "../types/index.js";

/** One entry of the configuration. */
interface Rule {
  allowed: URL[];
  region: string | undefined;
  service: string | undefined;
}

/** What the core adds to a request. */
interface Signature {
  headers: Record<string, string>;
  query: string;
}

/** What is different when a request is signed again. */
interface Again {
  forceRefresh?: boolean;
  /** The `Date` of the reply, in Unix seconds. */
  serviceSeconds?: number;
}

export function createSigner(
  options: SignedFetchOptions | readonly SignedFetchOptions[] = [],
  call: Call,
) {
  const list = "allow" in options ? [options] : options;
  const rules = list.map(
    ({ allow, region, service }): Rule => ({
      allowed: readAllowed(allow, "signedFetch.allow"),
      region,
      service,
    }),
  );

  function ruleOf(url: URL): Rule {
    const rule = rules.find(({ allowed }) => isAllowed(url, allowed));
    // SECURITY: unsigned it would be useless there, and it may carry what belongs to the listed API.
    if (!rule) throw new AuthError("misuse", { detail: "signedFetch does not list this address" });
    return rule;
  }

  const signedFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const { region, service } = ruleOf(url);
    const { method, signal } = request;
    const isEmpty = method === "GET" || method === "HEAD";
    const body = isEmpty ? undefined : await request.arrayBuffer();
    const described = {
      method,
      ...partsOf(url),
      headers: headersToSign(request.headers),
      payloadHash: await hashOf(body),
      region,
      service,
    };

    async function send(again: Again = {}) {
      const signed = await call<Signature>("sign", { ...described, ...again }, signal);
      const headers = new Headers(request.headers);
      for (const [name, value] of Object.entries(signed.headers)) headers.set(name, value);
      url.search = signed.query;
      const reply = await fetch(
        new Request(url, {
          method,
          headers,
          signal,
          body: body?.byteLength ? body : null,
          credentials: request.credentials,
          mode: request.mode,
          cache: request.cache,
          referrer: request.referrer,
          referrerPolicy: request.referrerPolicy,
          integrity: request.integrity,
          keepalive: request.keepalive,
          // SECURITY: a signature must not cross to another origin.
          redirect: "error",
        }),
      );
      return { reply, signedAt: signed.headers["x-amz-date"] };
    }

    // Once for each reason: a clock that is wrong may hide credentials that have ended.
    let again: Again = {};
    for (;;) {
      const { reply, signedAt } = await send(again);
      const why = whyAgain(reply, signedAt);
      if (!why || why in again) return reply;
      again = { ...again, [why]: why === "forceRefresh" || dateOf(reply) / 1000 };
    }
  };

  async function presign({ url: address, method = "GET", ...rest }: PresignInput): Promise<string> {
    const { signal, timeoutMs, expiresSeconds = 900 } = rest;
    const url = new URL(address);
    const { region, service } = ruleOf(url);
    const payloadHash = service === "s3" ? "UNSIGNED-PAYLOAD" : EMPTY_HASH;
    const asked = { method, ...partsOf(url), payloadHash, region, service };
    const input = { ...asked, expiresSeconds, timeoutMs };
    url.search = (await call<Signature>("sign", input, signal)).query;
    url.hash = "";
    return url.href;
  }

  return { signedFetch, presign };
}

/** What a signature covers of an address. */
function partsOf({ host, pathname, search }: URL) {
  return { host, path: pathname, query: search.slice(1) };
}

/** Those that mean something to AWS; the browser and proxies are free to change others. */
function headersToSign(headers: Headers): Record<string, string> {
  const signed = [...headers].filter(
    ([name]) => name === "content-type" || name.startsWith("x-amz-"),
  );
  return Object.fromEntries(signed);
}

/** One more try: with other credentials, or at the service's time. */
function whyAgain(reply: Response, signedAt?: string): keyof Again | undefined {
  const { status, headers } = reply;
  if (status !== 403 && status !== 400) return undefined;
  if (headers.get("x-amzn-errortype")?.includes("ExpiredToken")) return "forceRefresh";
  const digits = signedAt?.replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    "$1-$2-$3T$4:$5:$6Z",
  );
  const apart = dateOf(reply) - Date.parse(digits ?? "");
  return Math.abs(apart) > TOLERANCE_MS ? "serviceSeconds" : undefined;
}

/** When the service says it answered, in Unix milliseconds; not a number where it does not. */
const dateOf = ({ headers }: Response) => Date.parse(headers.get("date") ?? "");

async function hashOf(body: ArrayBuffer | undefined): Promise<string> {
  if (!body?.byteLength) return EMPTY_HASH;
  if (!globalThis.crypto?.subtle)
    throw new AuthError("cryptoUnavailable", { message: "this page has no Web Crypto" });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of nothing. */
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/** AWS takes signatures that are five minutes off. */
const TOLERANCE_MS = 4 * 60_000;

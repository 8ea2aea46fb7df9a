// A SAML 2.0 identity provider (npm samlify): metadata, the page that asks who it is, and the signed response that the
// browser posts to the pool. Its key is made at start.
import { randomUUID } from "node:crypto";
import samlify from "samlify";
import selfsigned from "selfsigned";
import { accounts } from "./accounts.mjs";
import { choosePage, errorPage, escape, postPage, readForm } from "./pages.mjs";

const { IdentityProvider, ServiceProvider } = samlify;
const names = "urn:oasis:names:tc:SAML:2.0";
const redirect = `${names}:bindings:HTTP-Redirect`;
const post = `${names}:bindings:HTTP-POST`;
const persistent = `${names}:nameid-format:persistent`;
/** What a pool calls itself, and where it takes responses: any port of the loopback, so that each test's pool is known. */
const audience = /^urn:amazon:cognito:sp:[\w-]+_\w+$/;
const consumer = /^http:\/\/localhost:\d+\/saml2\/idpresponse$/;

// A check against the schemas of the standard needs Java; what a request must have is looked for by name.
samlify.setSchemaValidator({ validate: async () => "not checked" });

const minutes = (count) => new Date(Date.now() + count * 60_000).toISOString();
const newId = () => `_${randomUUID()}`;

/** An empty refusal is not signed: it lets nobody in. */
const refusal = `<samlp:StatusCode Value="${names}:status:Responder"><samlp:StatusCode Value="${names}:status:RequestDenied"/></samlp:StatusCode>`;
const success = `<samlp:StatusCode Value="${names}:status:Success"/>`;

const responseXml = ({ issuer, request, status, assertion }) =>
  `<samlp:Response xmlns:samlp="${names}:protocol" xmlns:saml="${names}:assertion" ID="${newId()}" Version="2.0" IssueInstant="${minutes(0)}" Destination="${escape(request.location)}" InResponseTo="${escape(request.id)}"><saml:Issuer>${escape(issuer)}</saml:Issuer><samlp:Status>${status}</samlp:Status>${assertion}</samlp:Response>`;

const attributeXml = ([name, values]) =>
  `<saml:Attribute Name="${escape(name)}">${values.map((value) => `<saml:AttributeValue>${escape(value)}</saml:AttributeValue>`).join("")}</saml:Attribute>`;

function assertionXml({ issuer, request, account }) {
  const attributes = { email: [account.email], name: [account.name], groups: account.groups };
  return `<saml:Assertion ID="${newId()}" Version="2.0" IssueInstant="${minutes(0)}"><saml:Issuer>${escape(issuer)}</saml:Issuer>
<saml:Subject><saml:NameID Format="${persistent}">${escape(account.sub)}</saml:NameID>
<saml:SubjectConfirmation Method="${names}:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${minutes(5)}" Recipient="${escape(request.location)}" InResponseTo="${escape(request.id)}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="${minutes(-1)}" NotOnOrAfter="${minutes(5)}"><saml:AudienceRestriction><saml:Audience>${escape(request.issuer)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="${minutes(0)}" SessionIndex="${newId()}"><saml:AuthnContext><saml:AuthnContextClassRef>${names}:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>${Object.entries(attributes).map(attributeXml).join("")}</saml:AttributeStatement></saml:Assertion>`;
}

/**
 * Makes the provider that is at `url`; gives the function that answers requests for `/saml/…`.
 *
 * @returns {Promise<(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => Promise<void>>}
 */
export async function makeSaml(url) {
  const { private: privateKey, cert } = await selfsigned.generate([{ name: "commonName", value: "localhost" }], { algorithm: "sha256" });
  const issuer = `${url}/saml/metadata`;
  const idp = IdentityProvider({
    entityID: issuer,
    signingCert: cert,
    privateKey,
    requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    nameIDFormat: [persistent],
    singleSignOnService: [{ Binding: redirect, Location: `${url}/saml/sso` }],
    singleLogoutService: [{ Binding: redirect, Location: `${url}/saml/logout` }],
    // Its text comes from below; without one the library takes its own.
    loginResponseTemplate: { context: "<samlp:Response/>", attributes: [] },
  });
  const servicing = (entityID, location) => ServiceProvider({ entityID, wantAssertionsSigned: true, assertionConsumerService: [{ Binding: post, Location: location }] });

  /** Reads the request of a pool; undefined when it is none. */
  async function read(query) {
    const { extract } = await idp.parseLoginRequest(servicing("anybody", url), "redirect", { query: { SAMLRequest: query.get("SAMLRequest") } });
    const { id, destination, assertionConsumerServiceUrl: location } = extract.request;
    const isOne = id && destination === `${url}/saml/sso` && audience.test(extract.issuer) && consumer.test(location);
    return isOne ? { id, location, issuer: extract.issuer, extract } : undefined;
  }

  async function answer(request, account) {
    if (!account) return Buffer.from(responseXml({ issuer, request, status: refusal, assertion: "" })).toString("base64");
    const context = responseXml({ issuer, request, status: success, assertion: assertionXml({ issuer, request, account }) });
    const signed = await idp.createLoginResponse(servicing(request.issuer, request.location), { extract: request.extract }, "post", {}, { customTagReplacement: () => ({ id: newId(), context }) });
    return signed.context;
  }

  return async (incoming, response) => {
    const { pathname, searchParams: query } = new URL(incoming.url, url);
    const send = (status, type, body) => response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
    const html = "text/html; charset=utf-8";
    if (pathname === "/saml/metadata") return send(200, "application/samlmetadata+xml", idp.getMetadata());
    const request = pathname === "/saml/sso" ? await read(query).catch(() => undefined) : undefined;
    if (!request) return send(400, html, errorPage("This is no request of a pool on this machine."));
    const cancelled = query.has("cancelled");
    const account = cancelled ? undefined : accounts[(await readForm(incoming)).get("account")];
    if (!account && !cancelled) {
      const action = `${pathname}?${query}`;
      return send(200, html, choosePage({ client: request.issuer, action, cancel: `${action}&cancelled=` }));
    }
    return send(200, html, postPage(request.location, { SAMLResponse: await answer(request, account), RelayState: query.get("RelayState") ?? "" }));
  };
}

/**
 * The address of a page that got a response.
 */

/** Takes the response out of the address; what is the application's own stays, byte for byte. */
export function scrub(): string {
  const response = location.search.slice(1);
  // RFC 6749, sections 4.1.2 and 4.1.2.1; RFC 9207.
  const ours = /^(code|state|error(_description|_uri)?|iss)$/;
  const nameOf = (part: string) => [...new URLSearchParams(`&${part}`).keys()][0] ?? "";
  const rest = response
    .split("&")
    .filter((part) => !ours.test(nameOf(part)))
    .join("&");
  const [, base = "", hash = ""] = /^([^?#]*)[^#]*(.*)$/s.exec(location.href) ?? [];
  history.replaceState(history.state, "", base + (rest && `?${rest}`) + hash);
  return response;
}

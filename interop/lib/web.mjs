// A browser as far as a redirect flow needs one: cookies of one host, forms, and redirects one at a time.

const unescaped = (text) => text.replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_, hex, decimal) => String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal))).replaceAll("&amp;", "&").replaceAll("&quot;", '"');
const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? unescaped(found[1]) : null;
};

/** Opens a browser that has visited nothing. */
export function openWeb() {
  /** As browsers do, by host and path; ports do not count. */
  const cookies = new Map();
  const crumbs = (url) => [...cookies.values()].filter(({ path }) => url.pathname.startsWith(path)).map(({ name, value }) => `${name}=${value}`).join("; ");
  const keep = (response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...rest] = line.split(";").map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      const path = rest.find((part) => /^path=/i.test(part))?.slice(5) ?? "/";
      const isGone = rest.some((part) => /^max-age=0$/i.test(part) || (/^expires=/i.test(part) && new Date(part.slice(8)) <= new Date()));
      if (isGone) cookies.delete(`${name};${path}`);
      else cookies.set(`${name};${path}`, { name, value, path });
    }
  };

  async function send(url, init = {}) {
    const headers = { ...init.headers, ...(cookies.size > 0 ? { cookie: crumbs(url) } : {}) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    keep(response);
    return response;
  }

  const web = {
    cookies,
    /** Goes to an address and on to where it leads; stops at a page, or at an address that `isOurs` does not know. */
    async visit(address, init) {
      let url = new URL(address);
      let response = await send(url, init);
      for (let hops = 0; response.status >= 300 && response.status < 400; hops++) {
        if (hops > 20) throw new Error("redirects without end");
        url = new URL(response.headers.get("location"), url);
        if (url.port === "5173") return { left: url };
        response = await send(url);
      }
      return page(web, url, response.status, await response.text(), response.headers);
    },
  };
  return web;
}

function page(web, url, status, html, headers) {
  const tags = (name) => html.match(new RegExp(`<${name}\\s[^>]*>`, "g")) ?? [];
  return {
    url, status, html, headers,
    /** Where a link leads. */
    href: (mark) => attribute(tags("a").find((tag) => tag.includes(mark)) ?? "", "href"),
    /** Follows a link. */
    click: (mark) => web.visit(new URL(attribute(tags("a").find((tag) => tag.includes(mark)) ?? "", "href"), url)),
    /** Sends the page's form with these fields. */
    submit(fields) {
      const hidden = tags("input").filter((tag) => attribute(tag, "type") === "hidden").map((tag) => [attribute(tag, "name"), attribute(tag, "value") ?? ""]);
      const body = new URLSearchParams([...hidden.filter(([name]) => !(name in fields)), ...Object.entries(fields)]);
      return web.visit(new URL(attribute(tags("form")[0], "action"), url), { method: "POST", body });
    },
  };
}

// What a story does with a page: looks for things by the names a person reads, types, clicks, waits for text.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const outputDir = fileURLToPath(new URL("../output", import.meta.url));
const patience = 15_000;

/* In the page: the first shown element of a kind whose accessible name is, or else begins with, the given one. */
function findByName(kind, name) {
  const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim().toLowerCase();
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
  const selectors = {
    button: "button, [role=button], input[type=submit], input[type=button], summary",
    link: "a[href], [role=link]",
    field: "input, textarea, select, [contenteditable=true], [role=textbox]",
    heading: "h1, h2, h3, [role=heading]",
  };
  const namesOf = (element) => [
    element.getAttribute("aria-label"),
    ...(element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent),
    ...[...(element.labels ?? [])].map((label) => label.textContent),
    kind === "field" ? element.placeholder : element.textContent,
    kind === "field" ? element.name : element.value,
  ].map(clean).filter(Boolean);
  const wanted = clean(name);
  const candidates = [...document.querySelectorAll(selectors[kind])].filter(shown).map((element) => [element, namesOf(element)]);
  for (const fits of [(own) => own === wanted, (own) => own.startsWith(wanted), (own) => own.includes(wanted)]) {
    const hit = candidates.find(([, names]) => names.some(fits));
    if (hit) return hit[0];
  }
  return null;
}

export class Page {
  constructor(driver, site, engine, handle) {
    Object.assign(this, { driver, site, engine, handle });
    /** What was typed into password fields; a story may add more. Must not turn up anywhere (canary.mjs). */
    this.secrets = new Set();
  }

  /** Every action of this page goes to its own tab. */
  async #focus() {
    if (this.handle && (await this.driver.getWindowHandle().catch(() => null)) !== this.handle) {
      await this.driver.switchTo().window(this.handle);
    }
    return this.driver;
  }

  async open(path = "/") {
    const driver = await this.#focus();
    await driver.get(path.startsWith("http") ? path : this.site.url + path);
    this.handle ??= await driver.getWindowHandle();
    return this;
  }
  reload = async () => (await this.#focus()).navigate().refresh();
  back = async () => (await this.#focus()).navigate().back();
  forward = async () => (await this.#focus()).navigate().forward();
  url = async () => (await this.#focus()).getCurrentUrl();
  title = async () => (await this.#focus()).getTitle();

  /** Opens another tab of the same browser: same origin, same storage. */
  async newTab(path = "/") {
    await this.#focus();
    await this.driver.switchTo().newWindow("tab");
    const tab = new Page(this.driver, this.site, this.engine, await this.driver.getWindowHandle());
    tab.secrets = this.secrets;
    return tab.open(path);
  }
  async close() {
    await this.#focus();
    await this.driver.close();
    await this.driver.switchTo().window((await this.driver.getAllWindowHandles())[0]);
  }

  /**
   * Runs an async function in the page's own world and returns what it resolves to. The function is sent as source:
   * it sees its arguments and the page, nothing of the story. A rejection is thrown here with `name`, `message`, `code`.
   */
  async evaluate(fn, ...args) {
    const driver = await this.#focus();
    const deadline = Date.now() + patience;
    for (;;) {
      const answer = await driver.executeAsyncScript(
        `const [source, args, done] = arguments;
        if (!window.__harness) done(JSON.stringify({ without: document.readyState }));
        else window.__harness.run(source, args).then(done, (e) => done(JSON.stringify({ error: { message: String(e) } })));`,
        fn.toString(),
        JSON.stringify(args),
      );
      const { value, error, without } = JSON.parse(answer);
      if (error) throw Object.assign(new Error(error.message), { name: error.name, code: error.code, pageStack: error.stack });
      if (!without) return value;
      // A page that another one led to by itself may be met before its scripts are there.
      if (without === "complete" || Date.now() > deadline) throw Object.assign(new Error("this page has no harness"), { name: "JavascriptError" });
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  /** Runs a plain synchronous script by WebDriver's own means, where the page's policy forbids eval. */
  script = async (source, ...args) => (await this.#focus()).executeScript(source, ...args);

  async #until(look, what, timeoutMs) {
    await this.#focus();
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const hit = await look().catch((error) => {
        if (["StaleElementReferenceError", "JavascriptError", "NoSuchElementError"].includes(error.name)) return null;
        throw error;
      });
      if (hit) return hit;
      if (Date.now() > deadline) {
        const shown = await this.text().catch(() => "");
        throw new Error(`${this.engine}: no ${what} within ${timeoutMs} ms; the page shows: ${shown.slice(0, 800)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }

  #named = (kind, name, timeoutMs) =>
    this.#until(() => this.driver.executeScript(`return (${findByName})(arguments[0], arguments[1])`, kind, name), `${kind} "${name}"`, timeoutMs);
  button = (name, { timeoutMs = patience } = {}) => this.#named("button", name, timeoutMs);
  link = (name, { timeoutMs = patience } = {}) => this.#named("link", name, timeoutMs);
  field = (name, { timeoutMs = patience } = {}) => this.#named("field", name, timeoutMs);
  heading = (name, { timeoutMs = patience } = {}) => this.#named("heading", name, timeoutMs);
  find = (css, { timeoutMs = patience } = {}) =>
    this.#until(() => this.driver.executeScript("return [...document.querySelectorAll(arguments[0])].find((e) => e.getClientRects().length > 0) ?? null", css), `element ${css}`, timeoutMs);

  /** Clicks a button (or, given an element, that). Tries again while a page that is still moving refuses the click. */
  async click(target, { kind = "button", timeoutMs = patience } = {}) {
    await this.#until(async () => {
      const element = typeof target === "string" ? await this.#named(kind, target, timeoutMs) : target;
      try {
        await element.click();
        return true;
      } catch (error) {
        if (["ElementClickInterceptedError", "ElementNotInteractableError"].includes(error.name)) return false;
        throw error;
      }
    }, `clickable ${kind} ${typeof target === "string" ? `"${target}"` : ""}`, timeoutMs);
  }
  /** Replaces what a field holds, key by key as a person would. */
  async fill(name, text, options) {
    const element = typeof name === "string" ? await this.field(name, options) : name;
    if ((await element.getAttribute("type")) === "password" && text) this.secrets.add(text);
    await element.clear();
    await element.sendKeys(text);
    return element;
  }
  /** Visible text. */
  text = async (css = "body") => (await this.#focus()).executeScript("return document.querySelector(arguments[0])?.innerText ?? ''", css);
  /** Waits until the page shows a text (string or RegExp); letter case counts only in a RegExp. */
  see(what, { timeoutMs = patience } = {}) {
    const fits = (text) => (what instanceof RegExp ? what.test(text) : text.toLowerCase().includes(what.toLowerCase()));
    return this.#until(async () => fits(await this.text()), `text ${what}`, timeoutMs);
  }
  notSee(what, { timeoutMs = patience } = {}) {
    const fits = (text) => (what instanceof RegExp ? what.test(text) : text.toLowerCase().includes(what.toLowerCase()));
    return this.#until(async () => !fits(await this.text()), `end of text ${what}`, timeoutMs);
  }
  /** Waits until a function in the page returns something truthy, and returns that. */
  waitFor = (fn, { args = [], timeoutMs = patience, what = "condition" } = {}) => this.#until(() => this.evaluate(fn, ...args), what, timeoutMs);

  /** Everything this origin keeps: local and session storage, cookies, names of databases. */
  storage = () =>
    this.evaluate(async () => ({
      local: { ...localStorage },
      session: { ...sessionStorage },
      cookies: document.cookie,
      databases: indexedDB.databases ? (await indexedDB.databases()).map(({ name }) => name) : [],
    }));

  /** Saves e2e/output/<name>.png and returns the path. */
  async screenshot(name) {
    const driver = await this.#focus();
    mkdirSync(outputDir, { recursive: true });
    const path = join(outputDir, `${name.replace(/[^\w.-]+/g, "_").slice(0, 120)}.png`);
    writeFileSync(path, await driver.takeScreenshot(), "base64");
    return path;
  }
}

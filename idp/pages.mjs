// The provider's one page: who are you, and may the app know it?
import { accounts } from "./accounts.mjs";

/** Text as HTML and XML take it, between tags and in quotes. */
export const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const page = (title, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escape(title)}</title><link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#eef3ee, #111511); color: light-dark(#152015, #e7efe7); }
  main { box-sizing: border-box; width: 100%; max-width: 24rem; padding: 2rem; border-radius: 1rem; background: light-dark(#fff, #1b211b); }
  h1 { margin: 0 0 .5rem; font-size: 1.4rem; }
  button { display: block; width: 100%; margin: .6rem 0; padding: .7rem 1rem; font: inherit; text-align: left; color: inherit; background: transparent; border: 1px solid light-dark(#9aa89a, #5d6b5d); border-radius: .6rem; cursor: pointer; }
  button span { display: block; font-size: .88rem; color: light-dark(#4d5c4d, #a9b8a9); }
  a { color: light-dark(#17612f, #8fdca6); }
  :is(a, button):focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
</style></head><body><main>${body}</main></body></html>`;

/** The form that a page was answered with. */
export async function readForm(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

/** The page that asks which account to use; each button signs in and lets the app know. */
export function choosePage({ client, action, cancel, hint }) {
  const button = ([key, { name, email }]) =>
    `<button name="account" value="${escape(key)}"${email === hint ? " autofocus" : ""}>${escape(name)}<span>${escape(email)}</span></button>`;
  return page(
    `Sign in for ${client}`,
    `<h1>Choose an account</h1>
<p>${escape(client)} will learn your name and your e-mail address.</p>
<form method="post" action="${escape(action)}">${Object.entries(accounts).map(button).join("\n")}</form>
<p><a id="cancel" href="${escape(cancel)}">Cancel and go back</a></p>`,
  );
}

/** What a person sees of a request that leads nowhere. */
export const errorPage = (error) => page("Cannot sign in", `<h1>This sign-in cannot go on</h1><p data-error>${escape(error)}</p>`);

/** A form that posts itself (SAML bindings, section 3.5.4), with a button for browsers that do not. */
export function postPage(action, fields) {
  const field = ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`;
  return page(
    "Going back",
    `<h1>Going back to the app</h1>
<form method="post" action="${escape(action)}">${Object.entries(fields).map(field).join("\n")}<button>Continue</button></form>
<script>document.forms[0].submit()</script>`,
  );
}

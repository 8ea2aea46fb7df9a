// The form of a page with a sign-in, the same for every client.
const form = document.querySelector("form");
const button = form.querySelector("button");

/** Makes the form work: `signIn({ username, password })` resolves to an access token once the session is stored. */
export function showForm(signIn) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const end = (outcome) => globalThis.visitEnded(JSON.stringify(outcome));
    try {
      const token = await signIn({ username: form.username.value, password: form.password.value });
      const { startTime: ms } = performance.mark("visit: tokens");
      if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new Error("no token");
      const [shown] = performance.getEntriesByName("visit: form");
      const requests = performance.getEntriesByType("resource").map(({ name, startTime, duration }) => ({ name: new URL(name).pathname, startTime, duration }));
      end({ ms, formMs: shown.startTime, requests });
    } catch (error) {
      end({ error: String(error?.code ?? error?.stack ?? error) });
    }
  });
  button.disabled = false;
}

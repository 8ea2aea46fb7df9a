let auth;

export const lifeguard = {
  name: "lifeguard",
  /** What a page does when it shows the sign-in form. */
  async beforeForm({ userPoolId, clientId, endpoint }) {
    const { createAuth } = await import("/package/dist/index.js");
    auth ??= createAuth({ userPoolId, clientId, endpoint });
    await auth.preload();
  },
  async signIn(_settings, person) {
    const { status } = await auth.signIn(person);
    if (status !== "signedIn") throw new Error(status);
  },
  afterwards: () => auth.signOut(),
};

// The people that the identity provider knows. Their ids never change, so that tests can name them.

/** By the value of the button that signs them in. */
export const accounts = {
  grace: {
    sub: "100000000000000000001",
    name: "Grace Example",
    given_name: "Grace",
    family_name: "Example",
    email: "grace@social.example",
    email_verified: true,
    groups: ["engineering", "on-call"],
  },
  heidi: {
    sub: "100000000000000000002",
    name: "Heidi Example",
    given_name: "Heidi",
    family_name: "Example",
    email: "heidi@social.example",
    email_verified: false,
    groups: ["design"],
  },
  // Has the address of a person of the demo pool: the two are joined only where an administrator links them.
  alice: {
    sub: "100000000000000000003",
    name: "Alice Elsewhere",
    given_name: "Alice",
    family_name: "Elsewhere",
    email: "alice@example.com",
    email_verified: true,
    groups: [],
  },
};

/** The account of a subject. */
export const accountOf = (sub) => Object.values(accounts).find((account) => account.sub === sub);

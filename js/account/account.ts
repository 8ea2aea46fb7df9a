/**
 * Looking after one's account. Each method is one operation of the core.
 */
import type { Act, Run } from "../core/operations.js";
import type { Account, CodeSentResult, UserAttributes } from "../types/index.js";

export function createAccount(run: Run, act: Act): Account {
  return {
    attributes: {
      async get(input) {
        return (await run<{ attributes: UserAttributes }>("attributes", input)).attributes;
      },
      update: (input) => run("updateAttributes", input),
      delete: (input) => act("deleteAttributes", input),
      sendCode: (input) => run<CodeSentResult>("sendAttributeCode", input),
      verify: (input) => act("verifyAttribute", input),
    },
    changePassword: (input) => act("changePassword", input),
    deleteUser: (input) => act("deleteUser", input),
  };
}

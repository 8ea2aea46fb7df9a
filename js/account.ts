/**
 * Looking after one's account. Each method is one operation of the core.
 */
import type { Call } from "./core.js";
import type { Account, CallOptions, CodeSentResult, UserAttributes } from "./types.js";

export function createAccount(call: Call): Account {
  type Operation = Parameters<Call>[0];
  function run<T>(operation: Operation, { signal, ...input }: CallOptions = {}): Promise<T> {
    return call<T>(operation, input, signal);
  }
  async function act(operation: Operation, input?: CallOptions): Promise<void> {
    await run(operation, input);
  }

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

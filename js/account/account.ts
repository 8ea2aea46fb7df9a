/**
 * The account: of a new user, and of the one who is signed in. Each method is one operation of the core.
 * Loaded by its first call.
 */
import { type Call, createRun } from "../core/operations.js";
import { createFactors } from "./factors.js";
import type {
  Auth,
  CodeSentResult,
  ConfirmSignUpResult,
  SignUpResult,
  UserAttributes,
} from "../types/index.js";

type Methods = Pick<
  Auth,
  | "attributes"
  | "changePassword"
  | "deleteUser"
  | "signUp"
  | "confirmSignUp"
  | "resendConfirmationCode"
  | "forgotPassword"
  | "confirmForgotPassword"
>;

export function createAccount(call: Call): Methods & ReturnType<typeof createFactors> {
  const [run, act] = createRun(call);
  return {
    ...createFactors(run, act),
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
    signUp: (input) => run<SignUpResult>("signUp", input),
    confirmSignUp: (input) => run<ConfirmSignUpResult>("confirmSignUp", input),
    resendConfirmationCode: (input) => run<CodeSentResult>("resendConfirmationCode", input),
    forgotPassword: (input) => run<CodeSentResult>("forgotPassword", input),
    confirmForgotPassword: (input) => act("confirmForgotPassword", input),
  };
}

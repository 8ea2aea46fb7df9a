import type { NewPasswordChallenge } from "lifeguard-cognito";
import { field, passwordField, type Field } from "../../fields";
import type { App, View } from "../../view";
import { attributeLabel, questionView } from "./shared";

/** Autofill tokens of the standard attributes a pool may require. */
const AUTOCOMPLETE: Record<string, string> = {
  name: "name",
  given_name: "given-name",
  middle_name: "additional-name",
  family_name: "family-name",
  nickname: "nickname",
  email: "email",
  phone_number: "tel",
  birthdate: "bday",
  address: "street-address",
  gender: "sex",
  locale: "language",
  website: "url",
};

/** A temporary password is replaced, and attributes that are missing are filled in. */
export function newPasswordView(app: App, challenge: NewPasswordChallenge): View {
  const password = passwordField({
    name: "newPassword",
    label: "New password",
    autocomplete: "new-password",
    hint: "At least 8 characters with upper and lower case, a number and a symbol.",
    missing: "Choose a new password.",
    testId: "new-password",
  });
  const attributes = challenge.requiredAttributes.map((name) => attributeField(name, challenge.userAttributes[name]));
  return questionView(app, challenge, {
    title: "Choose your own password",
    lead: ["The one you were given was for the first time only."],
    fields: [password, ...attributes.values()],
    submit: "Save and sign in",
    busy: "Saving…",
    answer: (question, signal) =>
      app.auth.answerChallenge(question, {
        newPassword: password.input.value,
        attributes: Object.fromEntries(attributes.map((each) => [each.name, each.input.value])),
        signal,
      }),
  });
}

function attributeField(name: string, held: string | undefined): Field {
  const label = attributeLabel(name);
  return field({
    name,
    label,
    autocomplete: AUTOCOMPLETE[name] ?? "on",
    value: held,
    missing: `Enter your ${label.toLowerCase()}.`,
    testId: `attribute-${name}`,
  });
}

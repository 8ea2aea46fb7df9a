// amazon-cognito-identity-js as its users call it, with promises for its callbacks.
import { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool } from "amazon-cognito-identity-js";

/** A store like localStorage; one is one browser. */
export function memoryStorage() {
  const values = new Map();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}

const promised = (call) => new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))));

/** One browser's view of a pool. */
export function openIdentityJs({ endpoint, userPoolId, clientId, storage = memoryStorage() }) {
  const pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint, Storage: storage });
  const person = (username) => new CognitoUser({ Username: username, Pool: pool, Storage: storage });
  return {
    pool,
    storage,
    person,
    signUp: (username, password, attributes = {}) =>
      promised((done) => pool.signUp(username, password, Object.entries(attributes).map(([Name, Value]) => new CognitoUserAttribute({ Name, Value })), null, done)),
    confirm: (username, code) => promised((done) => person(username).confirmRegistration(code, false, done)),
    resend: (username) => promised((done) => person(username).resendConfirmationCode(done)),
    current: () => pool.getCurrentUser(),
  };
}

/**
 * Runs `start(callbacks)` until the library asks for something or is done. Resolves to `{ asked, values }`, where
 * `asked` is the name of the callback; rejects with what `onFailure` was given.
 */
export function until(start) {
  return new Promise((resolve, reject) => {
    const names = ["onSuccess", "newPasswordRequired", "mfaRequired", "totpRequired", "mfaSetup", "selectMFAType", "customChallenge", "associateSecretCode", "inputVerificationCode"];
    start({ onFailure: reject, ...Object.fromEntries(names.map((name) => [name, (...values) => resolve({ asked: name, values })])) });
  });
}

export const details = (username, password, more = {}) => new AuthenticationDetails({ Username: username, Password: password, ...more });
export const authenticate = (user, password) => until((callbacks) => user.authenticateUser(details(user.getUsername(), password), callbacks));
export const sessionOf = (user) => promised((done) => user.getSession(done));
export const refreshed = (user, session) => promised((done) => user.refreshSession(session.getRefreshToken(), done));

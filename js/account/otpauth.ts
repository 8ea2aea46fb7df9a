/** What goes into the QR code of a new authenticator app. */
export interface OtpauthInput {
  /** The secret of `auth.mfa.setUpTotp()` or of a `SOFTWARE_TOKEN_SETUP` challenge. */
  secretCode: string;
  /** Name of the application, as the app's entry shows it. */
  issuer: string;
  /** Name of the person, as the app's entry shows it. */
  account: string;
}

/**
 * The URI that authenticator apps read, for a QR code or a link (Key URI format of Google
 * Authenticator; SHA-1, six digits, 30 seconds are its defaults and Cognito's).
 */
export function otpauthUri({ secretCode, issuer, account }: OtpauthInput): string {
  // A colon separates the two names, encoded or not.
  const name = (text: string) => encodeURIComponent(text.replace(/:/g, " ").trim());
  return `otpauth://totp/${name(issuer)}:${name(account)}?secret=${encodeURIComponent(secretCode)}&issuer=${name(issuer)}`;
}

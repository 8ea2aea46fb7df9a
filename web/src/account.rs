//! The account: of a new user, and of the one who is signed in.

use std::collections::BTreeMap;

use lifeguard::protocol::json::Value;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

use crate::error::AuthError;
use crate::{Auth, json};

/// A new user.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignUpRequest {
    /// User name: what the pool takes for one.
    pub username: String,
    /// The password; `None` where the pool allows users without one.
    pub password: Option<String>,
    /// Attributes by name, `email` for instance.
    pub attributes: BTreeMap<String, String>,
    /// For the pool's trigger before sign-up; it is not stored.
    pub validation_data: BTreeMap<String, String>,
    /// For the pool's other triggers.
    pub client_metadata: BTreeMap<String, String>,
}

/// How far a sign-up has come.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedUp {
    /// Whether there is nothing to confirm.
    pub status: SignUpStatus,
    /// The pool's id of the user.
    pub user_sub: String,
    /// Where the code for the confirmation was sent.
    pub code_delivery: Option<CodeDelivery>,
}

/// Whether a new user can sign in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum SignUpStatus {
    /// The user can sign in.
    Confirmed,
    /// A code was sent for [`Auth::confirm_sign_up`].
    ConfirmationRequired,
}

/// Where a code was sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct CodeDelivery {
    /// Masked address or number.
    pub destination: Option<String>,
    /// `EMAIL` or `SMS`.
    pub medium: Option<String>,
    /// The attribute that it is.
    pub attribute_name: Option<String>,
}

/// The second factors of the user who is signed in.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct MfaPreference {
    /// Names of those that are set up: `SOFTWARE_TOKEN_MFA`, `SMS_MFA`, `EMAIL_OTP`.
    #[serde(default)]
    pub enabled: Vec<String>,
    /// The one that is challenged for.
    pub preferred: Option<String>,
}

/// What to do with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Challenge for it where none is preferred.
    Enabled,
    /// Challenge for it.
    Preferred,
    /// Do not challenge for it.
    Disabled,
}

/// Changes of second factors; `None` changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MfaChange {
    /// Codes by SMS.
    pub sms: Option<Factor>,
    /// An authenticator app.
    pub totp: Option<Factor>,
    /// Codes by e-mail.
    pub email: Option<Factor>,
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Enabled => serializer.serialize_bool(true),
            Self::Preferred => serializer.serialize_str("preferred"),
            Self::Disabled => serializer.serialize_bool(false),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    code_delivery: Option<CodeDelivery>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirmed {
    session: Option<String>,
}

#[derive(Deserialize)]
struct Attributes<T> {
    attributes: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    secret_code: String,
}

/// Calls of anybody. The errors of each say what to do: see [`ErrorCode`](crate::ErrorCode).
impl Auth {
    /// Registers a user.
    ///
    /// # Errors
    /// `usernameExists`, `invalidPassword` and more.
    pub async fn sign_up(&self, request: SignUpRequest) -> Result<SignedUp, AuthError> {
        self.typed("signUp", json::write(&request)?).await
    }

    /// Confirms a new user with the code that was sent. The result is for
    /// [`SignInRequest::session`](crate::SignInRequest::session), where the pool offers that.
    ///
    /// # Errors
    /// `codeMismatch`, `codeExpired`, `aliasExists` and more.
    pub async fn confirm_sign_up(
        &self,
        username: &str,
        code: &str,
    ) -> Result<Option<String>, AuthError> {
        let input = of(username).with("code", code);
        Ok(self.typed::<Confirmed>("confirmSignUp", input).await?.session)
    }

    /// Sends another code for [`Auth::confirm_sign_up`].
    ///
    /// # Errors
    /// `limitExceeded` and more.
    pub async fn resend_confirmation_code(
        &self,
        username: &str,
    ) -> Result<Option<CodeDelivery>, AuthError> {
        self.sent("resendConfirmationCode", of(username)).await
    }

    /// Sends a code for [`Auth::confirm_forgot_password`].
    ///
    /// # Errors
    /// `limitExceeded` and more.
    pub async fn forgot_password(&self, username: &str) -> Result<Option<CodeDelivery>, AuthError> {
        self.sent("forgotPassword", of(username)).await
    }

    /// Sets a new password with the code that was sent.
    ///
    /// # Errors
    /// `codeMismatch`, `codeExpired`, `invalidPassword` and more.
    pub async fn confirm_forgot_password(
        &self,
        username: &str,
        code: &str,
        new_password: &str,
    ) -> Result<(), AuthError> {
        let input = of(username).with("code", code).with("newPassword", new_password);
        self.call("confirmForgotPassword", input).await.map(drop)
    }

    async fn sent(
        &self,
        operation: &'static str,
        input: Value,
    ) -> Result<Option<CodeDelivery>, AuthError> {
        Ok(self.typed::<Sent>(operation, input).await?.code_delivery)
    }
}

/// Calls of the user who is signed in; `signedOut` when nobody is.
impl Auth {
    /// Changes the password. `previous`: `None` for a user who has none.
    ///
    /// # Errors
    /// `incorrectCredentials`, `invalidPassword`, `signedOut` and more.
    pub async fn change_password(
        &self,
        previous: Option<&str>,
        new_password: &str,
    ) -> Result<(), AuthError> {
        let input = Value::object().with_some("previousPassword", previous);
        self.call("changePassword", input.with("newPassword", new_password)).await.map(drop)
    }

    /// The user's attributes as a type of the application. All are texts, but for `email_verified`
    /// and `phone_number_verified`, which are `bool`.
    ///
    /// ```no_run
    /// #[derive(serde::Deserialize)]
    /// struct Profile {
    ///     email: String,
    ///     email_verified: bool,
    /// }
    ///
    /// # async fn show(auth: &lifeguard_web::Auth) -> Result<(), lifeguard_web::AuthError> {
    /// let Profile { email, email_verified } = auth.attributes().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `signedOut` and more; `protocolViolation` where the attributes do not fit the type.
    pub async fn attributes<T: DeserializeOwned>(&self) -> Result<T, AuthError> {
        Ok(self.typed::<Attributes<T>>("attributes", Value::object()).await?.attributes)
    }

    /// Changes attributes. An address or number that must be confirmed gets a code, for
    /// [`Auth::verify_attribute`].
    ///
    /// # Errors
    /// `aliasExists`, `invalidParameter`, `signedOut` and more.
    pub async fn update_attributes(
        &self,
        attributes: &BTreeMap<String, String>,
    ) -> Result<(), AuthError> {
        let input = Value::object().with("attributes", json::write(attributes)?);
        self.call("updateAttributes", input).await.map(drop)
    }

    /// Confirms an attribute with the code that was sent.
    ///
    /// # Errors
    /// `codeMismatch`, `codeExpired`, `signedOut` and more.
    pub async fn verify_attribute(&self, name: &str, code: &str) -> Result<(), AuthError> {
        let input = Value::object().with("name", name).with("code", code);
        self.call("verifyAttribute", input).await.map(drop)
    }

    /// Begins to set up an authenticator app: its secret in base32, to be shown as a QR code.
    ///
    /// # Errors
    /// `signedOut`, `notEnabled` and more.
    pub async fn set_up_totp(&self) -> Result<String, AuthError> {
        Ok(self.typed::<Secret>("associateSoftwareToken", Value::object()).await?.secret_code)
    }

    /// Ends setting up an authenticator app with its first code.
    ///
    /// # Errors
    /// `codeMismatch`, `signedOut` and more.
    pub async fn verify_totp(&self, code: &str) -> Result<(), AuthError> {
        self.call("verifySoftwareToken", Value::object().with("code", code)).await.map(drop)
    }

    /// Which second factors the user has.
    ///
    /// # Errors
    /// `signedOut` and more.
    pub async fn mfa_preference(&self) -> Result<MfaPreference, AuthError> {
        self.typed("mfaPreference", Value::object()).await
    }

    /// Changes which second factors are challenged for.
    ///
    /// # Errors
    /// `mfaMethodNotFound`, `signedOut` and more.
    pub async fn set_mfa_preference(&self, change: MfaChange) -> Result<(), AuthError> {
        self.call("setMfaPreference", json::write(&change)?).await.map(drop)
    }

    /// Makes a passkey in the browser's dialog and registers it.
    ///
    /// # Errors
    /// `passkeyCancelled`, `passkeyAlreadyRegistered`, `passkeyNotSupported`, `signedOut` and more.
    pub async fn register_passkey(&self) -> Result<(), AuthError> {
        self.call("registerPasskey", Value::object()).await.map(drop)
    }

    /// Deletes the account for good, and everything of it in this browser.
    ///
    /// # Errors
    /// `signedOut` and more: nothing has changed then.
    pub async fn delete_user(&self) -> Result<(), AuthError> {
        self.call("deleteUser", Value::object()).await.map(drop)
    }
}

fn of(username: &str) -> Value {
    Value::object().with("username", username)
}

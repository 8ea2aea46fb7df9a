//! Signing in, and what a sign-out achieved.

use std::collections::BTreeMap;

use lifeguard::protocol::json::Value;
use serde::{Deserialize, Serialize};

use crate::challenge::{Answer, Challenge};
use crate::error::{AuthError, ErrorCode};
use crate::options::Persistence;
use crate::session::{Session, User};
use crate::{Auth, json};

/// How far a sign-in has come.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// The user is signed in, and the session is stored.
    SignedIn(User),
    /// The pool wants more: prompt for it and answer by [`Auth::answer_challenge`].
    Challenge(Challenge),
}

/// What a sign-in begins with.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInRequest {
    /// User name, or an alias that the pool allows.
    pub username: String,
    /// The password; `None` for choice-based sign-in, where the pool challenges for a first factor.
    pub password: Option<String>,
    /// How to sign in. Default: [`AuthFlow::Srp`] with a password, [`AuthFlow::Choice`] without one.
    pub auth_flow: Option<AuthFlow>,
    /// Choice-based sign-in: the first factor to be challenged for, `WEB_AUTHN` for instance.
    pub preferred_challenge: Option<String>,
    /// Of [`Auth::confirm_sign_up`]: signs in a new user without a password.
    pub session: Option<String>,
    /// For the pool's triggers.
    pub client_metadata: BTreeMap<String, String>,
    /// Where the session will be stored. Default: [`AuthOptions::persistence`](crate::AuthOptions).
    #[serde(skip)]
    pub persistence: Option<Persistence>,
}

/// How a sign-in proves who the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AuthFlow {
    /// By Secure Remote Password: the password does not leave the browser.
    #[serde(rename = "USER_SRP_AUTH")]
    Srp,
    /// By the password itself: for pools that migrate users.
    #[serde(rename = "USER_PASSWORD_AUTH")]
    Password,
    /// By one of the first factors that the user has.
    #[serde(rename = "USER_AUTH")]
    Choice,
    /// By the pool's own triggers.
    #[serde(rename = "CUSTOM_AUTH")]
    Custom,
}

/// What a sign-out achieved.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct SignedOut {
    /// Whether the stores let go of the session.
    pub cleared: bool,
    /// Whether the service confirmed that the refresh token is revoked.
    pub revoked: bool,
    /// Whether the service confirmed that the user is signed out on all devices, where that was
    /// requested.
    pub everywhere: Option<bool>,
}

impl SignInRequest {
    /// Begins with a user name and a password.
    pub fn password(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), password: Some(password.into()), ..Self::default() }
    }

    /// Begins with a user name alone: choice-based sign-in.
    pub fn choice(username: impl Into<String>) -> Self {
        Self { username: username.into(), ..Self::default() }
    }
}

impl Auth {
    /// Signs in, as far as it goes without prompting the user.
    ///
    /// # Errors
    /// `incorrectCredentials`, `userNotConfirmed`, `passwordResetRequired` and more: each
    /// [`ErrorCode`] says what to do. Nothing is stored then.
    pub async fn sign_in(&self, request: SignInRequest) -> Result<SignIn, AuthError> {
        let store = request.persistence.unwrap_or(self.persistence());
        let input = json::write(&request)?.with("store", store.name());
        self.step("signIn", input).await
    }

    /// Goes on with a sign-in. For a passkey the browser's dialog opens.
    ///
    /// # Errors
    /// As [`Auth::sign_in`]. After `codeMismatch` the challenge may be answered again, unless the
    /// error has another one.
    pub async fn answer_challenge(
        &self,
        challenge: &Challenge,
        answer: Answer,
    ) -> Result<SignIn, AuthError> {
        self.step("answer", challenge.answered(&answer)?).await
    }

    async fn step(&self, operation: &'static str, input: Value) -> Result<SignIn, AuthError> {
        let output = self.call(operation, input).await?;
        if output.str("status") == Some("challenge") {
            return Ok(SignIn::Challenge(Challenge::read(&output)?));
        }
        let record = output.str("record").ok_or(AuthError::new(ErrorCode::Internal))?;
        Ok(SignIn::SignedIn(Session::read(record)?.user))
    }
}

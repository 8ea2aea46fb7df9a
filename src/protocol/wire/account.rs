//! Getting in without an administrator: sign-up, confirmation and recovery on the wire.

use super::{Call, Extras, attributes};
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;

/// `SignUp`
pub fn sign_up(
    pool: &Pool,
    username: &str,
    password: Option<&Secret<String>>,
    user_attributes: &[(String, String)],
    validation_data: &[(String, String)],
    extras: &Extras,
) -> Call {
    let list = |pairs: &[(String, String)]| (!pairs.is_empty()).then(|| attributes(pairs));
    Call::new("SignUp", pool, extras)
        .with("Username", username)
        .with_some("Password", password.map(|p| p.expose("sign-up sends the password").as_str()))
        .with_some("UserAttributes", list(user_attributes))
        .with_some("ValidationData", list(validation_data))
}

/// `ConfirmSignUp`
pub fn confirm_sign_up(
    pool: &Pool,
    username: &str,
    code: &Secret<String>,
    force_alias_creation: bool,
    session: Option<&str>,
    extras: &Extras,
) -> Call {
    Call::new("ConfirmSignUp", pool, extras)
        .with("Username", username)
        .with("ConfirmationCode", code.expose("sent to confirm").as_str())
        .with_some("ForceAliasCreation", force_alias_creation.then_some(true))
        .with_some("Session", session)
}

/// `ResendConfirmationCode` and `ForgotPassword`: a user name in, a message out.
pub fn send_code(operation: &'static str, pool: &Pool, username: &str, extras: &Extras) -> Call {
    Call::new(operation, pool, extras).with("Username", username)
}

/// `ConfirmForgotPassword`
pub fn confirm_forgot_password(
    pool: &Pool,
    username: &str,
    code: &Secret<String>,
    password: &Secret<String>,
    extras: &Extras,
) -> Call {
    Call::new("ConfirmForgotPassword", pool, extras)
        .with("Username", username)
        .with("ConfirmationCode", code.expose("sent to confirm").as_str())
        .with("Password", password.expose("the new password is sent").as_str())
}

/// Where a code went.
#[derive(Clone, Default)]
pub struct CodeDelivery {
    /// Masked address or number.
    pub destination: Option<String>,
    /// `SMS` or `EMAIL`.
    pub medium: Option<String>,
    /// Attribute the code is for.
    pub attribute: Option<String>,
}

impl CodeDelivery {
    /// Reads `CodeDeliveryDetails`.
    pub fn read(details: &Value) -> Self {
        Self {
            destination: details.string("Destination"),
            medium: details.string("DeliveryMedium"),
            attribute: details.string("AttributeName"),
        }
    }
}

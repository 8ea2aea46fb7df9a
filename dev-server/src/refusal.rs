//! What the service answers instead of a result: an exception name, a message, a status.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// One refusal, as Cognito words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The exception's full name, for instance `NotAuthorizedException`.
    pub(crate) name: &'static str,
    /// For people; never holds a secret.
    pub(crate) message: String,
    /// 400 for everything but the framework's own refusals and internal errors.
    pub(crate) status: StatusCode,
}

/// What every handler gives.
pub(crate) type Answer = Result<Value, Refusal>;

impl Refusal {
    /// Any modelled refusal: status 400.
    pub(crate) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into(), status: StatusCode::BAD_REQUEST }
    }

    /// The same refusal with another status.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// `NotAuthorizedException`.
    pub(crate) fn not_authorized(message: impl Into<String>) -> Self {
        Self::new("NotAuthorizedException", message)
    }

    /// The answer to a wrong password, and to whatever must look like one.
    pub(crate) fn wrong_password() -> Self {
        Self::not_authorized("Incorrect username or password.")
    }

    /// `InvalidParameterException`.
    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// `ResourceNotFoundException`.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    /// `UserNotFoundException` with the usual text.
    pub(crate) fn user_not_found() -> Self {
        Self::new("UserNotFoundException", "User does not exist.")
    }

    /// `SerializationException`: the body is not JSON of the operation's shape.
    pub(crate) fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    /// A per-user hourly budget is spent.
    pub(crate) fn limit_exceeded() -> Self {
        Self::new("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    }

    /// `InternalErrorException`, status 500, with its cause: the caller is the developer. No cause may hold a secret.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!("internal error: {cause}");
        Self::new("InternalErrorException", format!("Something went wrong: {cause}"))
            .with_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The JSON body of this refusal.
    pub(crate) fn body(&self) -> Value {
        json!({ "__type": self.name, "message": self.message })
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(error)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // Other texts repeat values of the document, and those may be anybody's secrets.
        let is_of_names = text.starts_with("missing field") || text.starts_with("unknown field");
        match is_of_names {
            true => Self::internal(format!("a stored document cannot be read: {text}")),
            false => Self::internal("a stored document cannot be read: a value of another type"),
        }
    }
}

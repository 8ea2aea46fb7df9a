//! What `VerifySoftwareToken` answers: while signing in, and to who is signed in.

use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::refusal::{Kind, Refusal};

/// Reads whether `VerifySoftwareToken` took the code.
///
/// # Errors
/// The reply has no `Status` this protocol knows.
pub fn is_verified(reply: &Value) -> Result<bool, Violation> {
    match reply.str("Status") {
        Some("SUCCESS") => Ok(true),
        Some("ERROR") => Ok(false),
        _ => Err(Violation::MissingMember("Status")),
    }
}

/// What `Status: ERROR` means, in the form of the exception that means the same.
pub fn wrong_code() -> Refusal {
    Refusal {
        kind: Kind::CodeMismatch,
        name: String::from("EnableSoftwareTokenMFA"),
        text: String::new(),
        status: 200,
        retry_after_seconds: None,
        date: None,
    }
}

//! What arrives at the application's address, and what it means.

use super::query::parameters;
use super::{Flow, is_same};
use crate::protocol::error::Violation;
use crate::protocol::pool::Pool;
use crate::protocol::refusal::{Kind, Refusal};
use crate::protocol::secret::Secret;
use crate::protocol::text;

/// Why a response does not end in a code to redeem.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// The service said no, or the flow is not there or too old.
    Refused(Refusal),
    /// The server broke a rule.
    Violation(Violation),
}

/// Reads the query of a response for the flow that was kept under its state.
///
/// Nothing of it counts before the state was compared: neither a code nor an error. A flow that is
/// not there is a refusal (RFC 9700, section 4.7.1).
///
/// # Errors
/// See [`Failure`].
pub fn read(
    query: &str,
    flow: Option<&Flow>,
    pool: &Pool,
    now: u64,
) -> Result<Secret<String>, Failure> {
    let unknown = || Failure::Refused(local(Kind::RedirectState));
    let parameters = parameters(query);
    // A parameter that is there twice is no parameter (RFC 6749, section 3.1).
    let only = |wanted: &str| {
        let mut all = parameters.iter().filter(|one| one.name == wanted);
        match (all.next(), all.next()) {
            // The words of a trigger come in whatever encoding it had, and decide nothing.
            (Some(one), None) if one.is_well_formed || wanted == DESCRIPTION => {
                Ok(Some(one.value.as_str()))
            }
            (None, _) => Ok(None),
            _ => Err(unknown()),
        }
    };
    let flow = flow.ok_or_else(unknown)?;
    let state = only("state")?.unwrap_or_default();
    // SECURITY: before anything else is looked at, errors included.
    if !is_same(state, &flow.state) {
        return Err(unknown());
    }
    if flow.is_expired(now) {
        return Err(Failure::Refused(local(Kind::RedirectExpired)));
    }
    // RFC 9207, section 2.4: where the server names itself, it must be the one that was asked.
    if only("iss")?.is_some_and(|issuer| !pool.is_issuer(issuer)) {
        return Err(Failure::Violation(Violation::TokenIssuer));
    }
    if let Some(error) = only("error")? {
        let description = only(DESCRIPTION)?.unwrap_or_default();
        return Err(Failure::Refused(refusal(error, description, 0)));
    }
    match only("code")? {
        Some(code) if !code.is_empty() && code.len() <= MAX_CODE => {
            Ok(Secret::new(String::from(code)))
        }
        _ => Err(Failure::Violation(Violation::MissingMember("code"))),
    }
}

/// A refusal in the words of RFC 6749 or OpenID Connect. `status` is 0 for a response by redirect.
pub fn refusal(error: &str, description: &str, status: u16) -> Refusal {
    let kind = match error {
        "access_denied" => Kind::RedirectCancelled,
        "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => Kind::LoginRequired,
        "server_error" | "temporarily_unavailable" => Kind::Unavailable,
        "unauthorized_client"
        | "invalid_client"
        | "invalid_scope"
        | "unsupported_response_type"
        | "unsupported_grant_type" => Kind::Misconfigured,
        // How the service passes on what a trigger says (protocol page, 5.1).
        "invalid_request" if text::has(description, " failed with error ") => Kind::TriggerRefused,
        _ if status == 429 => Kind::Throttled,
        _ if status >= 500 => Kind::Unavailable,
        _ => Kind::RedirectRefused,
    };
    Refusal {
        kind,
        name: cut(error, MAX_ERROR),
        text: cut(description, MAX_DESCRIPTION),
        status,
        retry_after_seconds: None,
        date: None,
    }
}

fn local(kind: Kind) -> Refusal {
    Refusal {
        kind,
        name: String::new(),
        text: String::new(),
        status: 0,
        retry_after_seconds: None,
        date: None,
    }
}

/// Whoever writes the address can write anything into it: short, and no control characters.
fn cut(text: &str, length: usize) -> String {
    let mut out = String::new();
    let mut left = length;
    for c in text.chars() {
        if left > 0 && !c.is_control() {
            out.push(c);
            left -= 1;
        }
    }
    out
}

const MAX_CODE: usize = 2_048;
const MAX_ERROR: usize = 64;
/// A trigger may send a whole JSON text.
const MAX_DESCRIPTION: usize = 4_096;
const DESCRIPTION: &str = "error_description";

//! Signing in at another identity provider: away to it (`depart`), back from it (`come_back`), and who that is here
//! (`person`).

mod apple;
mod depart;
mod exchange;
mod id_token;
mod person;
mod provider;
mod returning;
mod saml;
mod web;

pub(super) use depart::depart;
pub(super) use provider::{by_identifier, named};
pub(super) use returning::{come_back, come_back_by_form};
pub(super) use saml::deliver;

use crate::store::document;
use serde::{Deserialize, Serialize};

/// How long a person may stay at the provider.
const AWAY_MS: i64 = 10 * 60_000;

/// Somebody who was sent to a provider; the key is the SHA-256 of the `state` that went along.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Departure {
    key: String,
    pool_id: String,
    provider: String,
    /// The app's request, as a query.
    request: String,
    nonce: String,
    code_verifier: String,
    /// SHA-256 of the mark of the browser that left: another one must not come back in its place.
    browser: String,
    /// Milliseconds since the epoch.
    expires: i64,
}

document!(Departure, "departure", key; ends |departure| departure.expires);

/// Why a provider's answer is not taken, in words for the app.
#[derive(Debug)]
struct Failure {
    error: &'static str,
    text: String,
}

impl Failure {
    fn invalid(text: impl Into<String>) -> Self {
        Self { error: "invalid_request", text: text.into() }
    }
}

//! A pool, its tokens and its records: what inputs are about.

use lifeguard::protocol::json::Value;
use lifeguard::protocol::pool::Pool;
use lifeguard::protocol::text::base64url;

/// Unix time of every check, in milliseconds.
pub(crate) const NOW: u64 = 1_780_000_000_000;
pub(crate) const POOL_ID: &str = "eu-west-1_Ab12";
pub(crate) const CLIENT_ID: &str = "client1";

/// Issuers that tokens of the pool may name.
pub(crate) const ISSUERS: [&str; 2] = [
    "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12",
    "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12",
];

pub(crate) fn pool() -> Pool {
    Pool::parse(POOL_ID, CLIENT_ID, None).map_err(|misuse| misuse.0).unwrap()
}

/// A token with these claims, as JSON text.
pub(crate) fn token(claims: &str) -> String {
    ["e30.", &base64url(claims.as_bytes()), ".c2lnbmF0dXJl"].concat()
}

/// A token, given as itself or as the JSON text of its claims: mutations of base64 seldom are JSON.
pub(crate) fn token_or_claims(text: &str) -> String {
    if text.starts_with('{') { token(text) } else { String::from(text) }
}

/// Claims of alice's token, issued a minute ago and good for an hour.
pub(crate) fn claims(token_use: &str) -> Value {
    let client = if token_use == "id" { "aud" } else { "client_id" };
    let seconds = NOW / 1000 - 60;
    Value::object()
        .with("iss", ISSUERS[0])
        .with("token_use", token_use)
        .with(client, CLIENT_ID)
        .with("sub", "sub-of-alice")
        .with("username", "alice")
        .with("nonce", NONCE)
        .with("iat", seconds)
        .with("exp", seconds + 3_600)
}

/// Nonce and state of the flow in [`flow`].
pub(crate) const NONCE: &str = "bm9uY2Ugb2YgdGhlIGZsb3ch";
pub(crate) const STATE: &str = "lg.c3RhdGUgb2YgdGhlIGZsb3cu";
pub(crate) const VERIFIER: &str = "dmVyaWZpZXIgb2YgdGhlIGZsb3csIDMyIGJ5dGVzLi4";

/// The record of a redirect that waits for its response.
pub(crate) fn flow() -> Value {
    Value::object()
        .with("v", 1.0)
        .with("pool", POOL_ID)
        .with("client", CLIENT_ID)
        .with("state", STATE)
        .with("nonce", NONCE)
        .with("verifier", VERIFIER)
        .with("domain", "https://auth.example.com")
        .with("redirectUri", "https://app.example.com/")
        .with("startedAt", NOW - 30_000)
        .with("store", "local")
        .with("wantsId", true)
}

//! What must hold for any input, one module a subject. [`TARGETS`] has them by name: the tests run each over its
//! corpus, `npm run fuzz` has libFuzzer look for an input with which one does not hold.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check that does not hold panics"
)]

pub mod json;
pub mod jwt;
pub mod oauth;
pub mod records;
pub mod redirect;
pub mod replies;
pub mod saml;

mod fixture;
mod host;

/// A check: it panics where something does not hold for the input.
pub type Check = fn(&[u8]);

/// Every check by its name, which is that of its corpus, too.
pub const TARGETS: &[(&str, Check)] = &[
    ("json", json::check),
    ("jwt", jwt::check),
    ("oauth", oauth::check),
    ("records", records::check),
    ("redirect", redirect::check),
    ("replies", replies::check),
    ("saml", saml::check),
];

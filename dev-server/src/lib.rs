//! A local user pool that speaks the Amazon Cognito protocol.
//!
//! `http` frames requests and replies, `dispatch` finds the operation, `shape` checks its input, `auth`,
//! `account`, `control` and `identity` carry it out over `store`; `sigv4` says who signed; `hosted` is managed
//! login and the OAuth endpoints. Shares no code with the SDK, so that the two can
//! prove each other wrong.

mod account;
mod attributes;
mod auth;
mod caller;
mod clock;
mod codes;
mod config;
mod control;
mod dispatch;
mod factors;
mod faults;
#[doc(hidden)]
pub mod fuzzing;
mod hosted;
mod http;
mod identity;
mod identity_pool;
mod inbox_page;
mod input;
mod keys;
mod linking;
mod messages;
mod operation;
mod outbound;
mod paging;
mod passkey;
mod passwords;
mod random;
mod refusal;
mod relying_party;
mod risk;
mod router;
mod running;
mod saml;
mod sample;
#[cfg(test)]
mod scenarios;
mod schema;
mod seed;
mod server;
mod shape;
mod signers;
mod sigv4;
mod srp;
mod store;
#[cfg(test)]
mod testing;
mod timestamp;
mod tokens;
mod totp;
mod tracked;
mod trigger;
mod work;

pub use running::{Options, Running, start};

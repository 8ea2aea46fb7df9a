//! Sign-up, sign-in, recovery and what becomes of tokens.
//!
//! `initiate` and `respond` are the two doors of a sign-in. Behind them, `password`, `choice`, `one_time`, `app_code`,
//! `mfa_setup`, `new_password`, `device`, `passkeys` and `custom` judge one kind of answer each and return a verdict;
//! `step` alone decides what comes next.

pub(crate) mod app_code;
pub(crate) mod choice;
pub(crate) mod claim;
pub(crate) mod context;
pub(crate) mod custom;
pub(crate) mod device;
pub(crate) mod get_user;
pub(crate) mod hosted;
pub(crate) mod initiate;
pub(crate) mod lockout;
pub(crate) mod mfa;
pub(crate) mod mfa_setup;
pub(crate) mod migrate;
pub(crate) mod new_password;
pub(crate) mod one_time;
pub(crate) mod passkeys;
pub(crate) mod password;
pub(crate) mod pending;
pub(crate) mod recovery;
pub(crate) mod respond;
pub(crate) mod sign_out;
pub(crate) mod sign_up;
pub(crate) mod state;
pub(crate) mod step;
#[cfg(test)]
mod tests;
pub(crate) mod told;
pub(crate) mod unknown;
pub(crate) mod verdict;

pub(crate) use context::Context;
pub(crate) use hosted::{sign_in, sign_in_after_sign_up};

//! Sign-up, sign-in, recovery and what becomes of tokens.
//!
//! `initiate` and `respond` are the two doors of a sign-in. Behind them, `password`, `choice`, `one_time`, `app_code`,
//! `mfa_setup`, `new_password`, `device`, `passkeys` and `custom` judge one kind of answer each and return a verdict;
//! `step` alone decides what comes next.

mod app_code;
mod choice;
mod claim;
mod context;
mod custom;
mod device;
mod get_user;
mod hosted;
mod initiate;
mod lockout;
mod mfa;
mod mfa_setup;
mod migrate;
mod new_password;
mod one_time;
mod passkeys;
mod password;
mod pending;
mod recovery;
mod respond;
mod sign_out;
mod sign_up;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod told;
mod unknown;
mod verdict;

pub(crate) use context::Context;
pub(crate) use get_user::add_mfa;
pub(crate) use hosted::{sign_in, sign_in_after_sign_up};
pub(crate) use recovery::channel as recovery_channel;

use crate::dispatch::{Operation, open, open_later, signed_later};
use crate::later;

/// The rows of the dispatch table.
pub(crate) const OPERATIONS: &[Operation] = &[
    open_later("SignUp", later!(sign_up::sign_up)),
    open_later("ConfirmSignUp", later!(sign_up::confirm)),
    open_later("ResendConfirmationCode", later!(sign_up::resend)),
    open_later("ForgotPassword", later!(recovery::forgot_password)),
    open_later("ConfirmForgotPassword", later!(recovery::confirm)),
    open_later("InitiateAuth", later!(initiate::initiate_auth)),
    open_later("RespondToAuthChallenge", later!(respond::respond)),
    signed_later("AdminInitiateAuth", later!(initiate::admin_initiate_auth)),
    signed_later("AdminRespondToAuthChallenge", later!(respond::admin_respond)),
    open_later("GetTokensFromRefreshToken", later!(initiate::tokens_from_refresh_token)),
    open("RevokeToken", sign_out::revoke_token),
    open("GlobalSignOut", sign_out::global_sign_out),
    open("GetUser", get_user::get_user),
    open("AssociateSoftwareToken", mfa_setup::associate),
    open("VerifySoftwareToken", mfa_setup::verify),
    open("ConfirmDevice", device::confirm),
];

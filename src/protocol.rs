//! What Cognito says and what we answer. Pure: time and randomness are arguments.

pub mod challenge;
pub mod date;
pub mod device;
pub mod error;
mod generated;
pub mod group;
pub mod http;
pub mod identity;
pub mod json;
pub mod jwt;
pub mod percent;
pub mod pool;
pub mod record;
pub mod redirect;
pub mod refusal;
pub mod retry;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod sigv4;
pub mod srp;
pub mod task;
pub mod text;
pub mod wire;

/// Where a branch cannot be reached: with a guess, what follows could be a proof for anybody.
#[expect(clippy::panic, reason = "a guess would be worse than the end of this call")]
#[cold]
fn impossible() -> ! {
    panic!("a branch that cannot be reached")
}

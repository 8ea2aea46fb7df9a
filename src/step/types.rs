//! Inputs and outputs of operations, as `js/types/` has them.

mod challenge;
mod identity;
mod prepare;
mod session;
mod start;
#[cfg(feature = "vectors")]
mod vector;

pub(super) use challenge::{Answered, answer, question};
pub(super) use prepare::prepare;
pub(super) use session::{hint, reason, wanted};
pub(super) use start::start;
#[cfg(feature = "vectors")]
pub(super) use vector::srp_vector;

use super::input::Input;
use crate::protocol::json::Value;

/// What the host gets.
pub(super) trait Output {
    fn output(&self) -> Value;
}

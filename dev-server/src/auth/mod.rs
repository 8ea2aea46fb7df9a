//! Sign-up, sign-in, recovery and what becomes of tokens.

use crate::dispatch::Operation;

/// The rows of the dispatch table.
pub(crate) const OPERATIONS: &[Operation] = &[];

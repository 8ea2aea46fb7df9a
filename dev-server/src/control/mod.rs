//! Operations of this room.

use crate::dispatch::Operation;

/// The rows of the dispatch table.
pub(crate) const OPERATIONS: &[Operation] = &[];

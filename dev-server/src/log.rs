//! Lines on standard error. They name operations and refusals, never people or secrets.

use std::io::Write;

/// Writes one line; a closed standard error is nobody's problem.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

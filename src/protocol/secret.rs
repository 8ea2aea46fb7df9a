//! Values that must not be seen.

use core::fmt;

/// A value that prints as nothing. In the WebAssembly module the host wipes the whole memory when a
/// call has ended (`js/core/load.ts`), which covers every copy.
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Takes a value in.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. `_why` says what it is needed for, so that each place that sees a secret
    /// states its reason.
    #[inline(always)]
    pub fn expose(&self, _why: &'static str) -> &T {
        &self.0
    }
}

impl<T: Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new(String::from("hunter2"));

        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.expose("test"), "hunter2");
    }
}

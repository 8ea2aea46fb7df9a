//! Values that must not be seen.

use core::fmt;
use zeroize::Zeroize;

/// A value that prints as nothing and is wiped from memory when dropped. In the module that signs
/// people in, the wrapper wipes the whole memory when its calls have ended (`js/core-sign-in.ts`).
///
/// Wiping is best effort: JavaScript strings and what the engine copied cannot be reached.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
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

#[cfg(not(feature = "sign-in"))]
impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
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

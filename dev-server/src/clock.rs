//! The one place that reads the time. `POST /_dev/clock` moves it, so that tests can expire things.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// The furthest that the clock is moved, either way: fifty years. Times before 1970 are nobody's.
pub(crate) const MOST_OFFSET: i64 = 50 * 365 * 86_400;

/// The machine's clock plus an offset.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Now, in milliseconds since the epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        let offset = self.offset_seconds.load(Ordering::Relaxed);
        Self::machine_ms().saturating_add(offset.saturating_mul(1000))
    }

    /// What others live by: seconds since the epoch, unmoved.
    pub(crate) fn machine() -> i64 {
        Self::machine_ms().div_euclid(1000)
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that may read the clock")]
    fn machine_ms() -> i64 {
        let elapsed = std::time::SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_millis();
        i64::try_from(elapsed).unwrap_or(i64::MAX)
    }

    /// Now, in whole seconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Sets how far this server's clock is ahead of the machine's.
    pub(crate) fn set_offset(&self, seconds: i64) {
        self.offset_seconds.store(seconds, Ordering::Relaxed);
    }

    /// How far this server's clock is ahead of the machine's, in seconds.
    pub(crate) fn offset(&self) -> i64 {
        self.offset_seconds.load(Ordering::Relaxed)
    }
}

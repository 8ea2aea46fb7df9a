//! The one place that reads the time. `POST /_dev/clock` moves it, so that tests can expire things.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// The machine's clock plus an offset.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Now, in milliseconds since the epoch.
    #[allow(clippy::disallowed_methods, reason = "the one place that may read the clock")]
    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = std::time::SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_millis();
        let offset = self.offset_seconds.load(Ordering::Relaxed);
        i64::try_from(elapsed).unwrap_or(i64::MAX).saturating_add(offset.saturating_mul(1000))
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

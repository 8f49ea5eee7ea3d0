//! The only reader of time.
//!
//! Owns the run's one monotonic clock and its tie to the wall clock. Built on tokio's clock, so
//! that a test's paused clock drives whole runs. Must not know what is being timed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::Offset;

pub mod timer;

/// One run's clock: monotonic offsets from the run's start, and the wall time of that start.
/// Copies agree with each other; hand them to whoever needs to know when it is.
#[derive(Clone, Copy, Debug)]
pub struct RunClock {
    start: Instant,
    /// Wall time of the start since the Unix epoch, read once: later wall times are derived by
    /// monotonic addition and never jump.
    started_unix: Duration,
}

impl RunClock {
    /// A clock whose zero is now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one sanctioned reader of time"
    )]
    #[must_use]
    pub fn start() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        let unix = unix.unwrap_or(Duration::ZERO);
        // A date in files has room for microseconds: what is shown now must be what is read back.
        Self::start_at(
            unix.saturating_sub(Duration::from_nanos(u64::from(unix.subsec_nanos() % 1000))),
        )
    }

    /// A clock whose zero is now and whose wall time then was `started_unix` since the epoch: for
    /// records that must come out the same every time.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one sanctioned reader of time"
    )]
    #[must_use]
    pub fn start_at(started_unix: Duration) -> Self {
        RunClock {
            start: Instant::now(),
            started_unix,
        }
    }

    /// Time since the start of the run.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one sanctioned reader of time"
    )]
    #[must_use]
    pub fn now(&self) -> Offset {
        Offset::from_duration(Instant::now().duration_since(self.start))
    }

    /// Wall time of `offset`, since the Unix epoch.
    #[must_use]
    pub fn unix(&self, offset: Offset) -> Duration {
        self.started_unix + offset.elapsed()
    }

    /// Waits until `offset`; returns at once when it has passed.
    pub async fn sleep_until(&self, offset: Offset) {
        tokio::time::sleep_until(self.start + offset.elapsed()).await;
    }

    /// The moment of `offset` in tokio's terms, for `timeout_at` and intervals.
    #[must_use]
    pub fn instant(&self, offset: Offset) -> Instant {
        self.start + offset.elapsed()
    }
}

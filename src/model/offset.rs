//! A moment of a run, as the time that has passed since the run began.
//!
//! Owns the only representation of "when" below the clock. Must not know the wall clock: turning
//! an offset into a date is the business of [`crate::clock::RunClock`].

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::seconds;

/// Time since the start of the run, in whole nanoseconds; never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(u64);

/// In files a number of seconds.
impl Serialize for Offset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        seconds::serialize(&self.elapsed(), serializer)
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        seconds::deserialize(source).map(Offset::from_duration)
    }
}

impl Offset {
    /// The start of the run.
    pub const ZERO: Offset = Offset(0);

    /// The moment `elapsed` after the start; saturates after some 584 years.
    #[must_use]
    pub fn from_duration(elapsed: Duration) -> Self {
        Offset(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX))
    }

    /// The moment `seconds` after the start.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Offset(seconds.saturating_mul(1_000_000_000))
    }

    /// The moment `milliseconds` after the start.
    #[must_use]
    pub const fn from_millis(milliseconds: u64) -> Self {
        Offset(milliseconds.saturating_mul(1_000_000))
    }

    /// Time since the start of the run.
    #[must_use]
    pub const fn elapsed(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// Time from `earlier` to this moment; zero when `earlier` is in fact later.
    #[must_use]
    pub const fn since(self, earlier: Offset) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Seconds since the start, with fraction.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.elapsed().as_secs_f64()
    }
}

impl Add<Duration> for Offset {
    type Output = Offset;

    fn add(self, duration: Duration) -> Offset {
        Offset(self.0.saturating_add(Offset::from_duration(duration).0))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}s", self.as_secs_f64())
    }
}

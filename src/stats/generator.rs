//! How the load generator itself is doing.
//!
//! Owns what that means over several seconds. Must not know how it is measured.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::seconds;

/// A timer this late means that response times of that second are the generator's as well.
const LAG_LIMIT: Duration = Duration::from_millis(100);
/// A thread this busy has users waiting for it rather than for the target.
const BUSY_LIMIT: f64 = 0.95;

/// How the load generator itself is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Share of one core this process used, 0 and up; none where unknown.
    pub cpu: Option<f64>,
    /// Share of the time its busiest thread of users was at work, 0 to 1; none where unknown.
    pub busy: Option<f64>,
    /// Resident memory in bytes; none where unknown.
    pub memory: Option<u64>,
    /// Files and connections it had open; none where unknown.
    pub open_files: Option<u64>,
    /// How late a shard was at its worst: time between when a timer was due and when it was
    /// served.
    #[serde(with = "seconds")]
    pub lag: Duration,
    /// Whether it was the bottleneck: response times of these seconds are partly its own.
    pub limited: bool,
}

/// What made the generator the bottleneck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Its timers were late.
    Lag,
    /// A thread of it had no time left.
    Busy,
}

impl Generator {
    /// What makes it the bottleneck now, if it is.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        if self.lag >= LAG_LIMIT {
            return Some(Limit::Lag);
        }
        self.busy
            .filter(|busy| *busy >= BUSY_LIMIT)
            .map(|_| Limit::Busy)
    }

    /// The worst of both.
    #[must_use]
    pub fn worst(self, other: Generator) -> Generator {
        let larger = |a: Option<f64>, b: Option<f64>| [a, b].into_iter().flatten().reduce(f64::max);
        Generator {
            cpu: larger(self.cpu, other.cpu),
            busy: larger(self.busy, other.busy),
            memory: self.memory.max(other.memory),
            open_files: self.open_files.max(other.open_files),
            lag: self.lag.max(other.lag),
            limited: self.limited || other.limited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_timers_and_a_thread_without_a_moment_to_spare_limit_the_load() {
        let generator = |lag, busy| Generator {
            lag: Duration::from_millis(lag),
            busy,
            ..Generator::default()
        };
        assert_eq!(generator(99, Some(0.5)).limit(), None);
        assert_eq!(generator(0, None).limit(), None);
        assert_eq!(generator(100, None).limit(), Some(Limit::Lag));
        assert_eq!(generator(2, Some(0.97)).limit(), Some(Limit::Busy));
    }
}

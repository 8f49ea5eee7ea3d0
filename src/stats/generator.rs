//! How the load generator itself is doing.
//!
//! Owns what that means over several seconds. Must not know how it is measured.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::seconds;

/// How the load generator itself is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generator {
    /// Share of one core this process used, 0 and up; none where unknown.
    pub cpu: Option<f64>,
    /// Resident memory in bytes; none where unknown.
    pub memory: Option<u64>,
    /// How late a shard was at its worst: time between when a timer was due and when it was
    /// served.
    #[serde(with = "seconds")]
    pub lag: Duration,
    /// Whether it was the bottleneck: response times of these seconds are partly its own.
    #[serde(default)]
    pub limited: bool,
}

impl Generator {
    /// The worst of both.
    #[must_use]
    pub fn worst(self, other: Generator) -> Generator {
        Generator {
            cpu: [self.cpu, other.cpu].into_iter().flatten().reduce(f64::max),
            memory: self.memory.max(other.memory),
            lag: self.lag.max(other.lag),
            limited: self.limited || other.limited,
        }
    }
}

//! The sum of all deltas since the start of the statistics.
//!
//! Must not know how it is shown.

use std::time::Duration;

use crate::model::{EndpointId, Offset};

use super::{Delta, Entry};

/// Everything counted since the start, or since the statistics were last reset.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    since: Offset,
    delta: Delta,
    /// The sum over all endpoints, kept up so that nobody has to add it up again each second.
    all: Entry,
}

impl Totals {
    /// Adds a delta.
    pub fn add(&mut self, delta: &Delta) {
        self.delta.merge(delta);
        self.all.merge(&delta.sum(&[]));
    }

    /// Forgets all and counts from `at`.
    pub fn reset(&mut self, at: Offset) {
        *self = Totals {
            since: at,
            ..Totals::default()
        };
    }

    /// All of it.
    #[must_use]
    pub fn delta(&self) -> &Delta {
        &self.delta
    }

    /// All endpoints together.
    #[must_use]
    pub fn all(&self) -> &Entry {
        &self.all
    }

    /// The sum over some endpoints; over all when `endpoints` is empty.
    #[must_use]
    pub fn sum(&self, endpoints: &[EndpointId]) -> Entry {
        if endpoints.is_empty() {
            self.all.clone()
        } else {
            self.delta.sum(endpoints)
        }
    }

    /// The stretch that rates over the whole run are taken over: as in Locust, from the start of
    /// the statistics to the last request of any endpoint.
    #[must_use]
    pub fn counted(&self) -> Duration {
        self.all
            .last_done
            .map_or(Duration::ZERO, |last| last.since(self.since))
    }
}

//! The sum of all deltas since the start of the statistics.
//!
//! Must not know how it is shown.

use std::time::Duration;

use crate::model::{EndpointId, Offset};

use super::delta::add_occurrences;
use super::{Delta, Entry, ExceptionKey};

/// Distinct failures (and exceptions) kept apart; later ones are counted together. A server whose
/// every answer fails in its own words must not fill the memory of a soak.
const DISTINCT: usize = 1000;

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
        self.delta.merge_entries(delta);
        self.all.merge(&delta.sum(&[]));
        self.delta.failed_answers.fill(&delta.failed_answers);
        for ((endpoint, failure), &seen) in &delta.failures {
            let known = &mut self.delta.failures;
            let mut key = (*endpoint, failure.clone());
            if known.len() >= DISTINCT && !known.contains_key(&key) {
                key.1.text = format!("(further {} failures)", failure.kind);
            }
            add_occurrences(known, key, seen);
        }
        for (exception, &seen) in &delta.exceptions {
            let known = &mut self.delta.exceptions;
            let mut key = exception.clone();
            if known.len() >= DISTINCT && !known.contains_key(&key) {
                key = ExceptionKey {
                    message: "(further exceptions)".to_owned(),
                    ..key
                };
            }
            add_occurrences(known, key, seen);
        }
    }

    /// Forgets all and counts from `at`.
    pub fn reset(&mut self, at: Offset) {
        *self = Totals {
            since: at,
            ..Totals::default()
        };
    }

    /// When counting began.
    #[must_use]
    pub fn since(&self) -> Offset {
        self.since
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

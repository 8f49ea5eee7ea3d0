//! The course of one endpoint, in columns beside the points of the timeline.
//!
//! Owns the joining of neighbouring stretches. Must not know how stretches are cut.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::seconds;

use super::Entry;

/// What one endpoint did in each stretch of the timeline: columns of one length, an element for
/// each of its points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Finished requests, failed ones included.
    pub requests: Vec<u64>,
    /// Failed requests.
    pub failures: Vec<u64>,
    /// Median response time; none where no request ended.
    #[serde(with = "seconds")]
    pub p50: Vec<Option<Duration>>,
    /// 95th percentile.
    #[serde(with = "seconds")]
    pub p95: Vec<Option<Duration>>,
    /// 99th percentile.
    #[serde(with = "seconds")]
    pub p99: Vec<Option<Duration>>,
}

impl Course {
    /// The course of an endpoint that did nothing in so many stretches.
    pub(super) fn silent(stretches: usize) -> Self {
        Course {
            requests: vec![0; stretches],
            failures: vec![0; stretches],
            p50: vec![None; stretches],
            p95: vec![None; stretches],
            p99: vec![None; stretches],
        }
    }

    /// Adds a stretch.
    pub(super) fn push(&mut self, entry: &Entry) {
        self.requests.push(entry.requests);
        self.failures.push(entry.failures);
        self.p50.push(entry.quantile(0.5));
        self.p95.push(entry.quantile(0.95));
        self.p99.push(entry.quantile(0.99));
    }

    /// Its first stretches, at most so many.
    #[must_use]
    pub fn first(&self, stretches: usize) -> Self {
        let counts = |column: &[u64]| column.iter().take(stretches).copied().collect();
        let times = |column: &[Option<Duration>]| column.iter().take(stretches).copied().collect();
        Course {
            requests: counts(&self.requests),
            failures: counts(&self.failures),
            p50: times(&self.p50),
            p95: times(&self.p95),
            p99: times(&self.p99),
        }
    }

    /// The same course in stretches `factor` times as long: counts add up, of percentiles the
    /// worst is kept (an upper bound: percentiles cannot be averaged).
    #[must_use]
    pub fn joined(&self, factor: usize) -> Self {
        let counts = |column: &[u64]| {
            column
                .chunks(factor)
                .map(|part| part.iter().sum())
                .collect()
        };
        let worst = |column: &[Option<Duration>]| {
            let parts = column.chunks(factor);
            parts
                .map(|part| part.iter().max().copied().flatten())
                .collect()
        };
        Course {
            requests: counts(&self.requests),
            failures: counts(&self.failures),
            p50: worst(&self.p50),
            p95: worst(&self.p95),
            p99: worst(&self.p99),
        }
    }
}

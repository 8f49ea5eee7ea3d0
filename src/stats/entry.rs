//! The statistics of one endpoint over some stretch of a run.
//!
//! Owns the counts and sums behind one row. Must not know which endpoint or stretch it is of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Connections, Offset};

use super::Histogram;
use super::answers::AnswerCounts;
use super::goodput::GoodCounts;
use super::rate_limits::RateLimits;
use super::series::{SeriesByMeasure, merge_series};

/// Connections that requests took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCounts {
    /// Connections made.
    pub made: u64,
    /// Those among them that took the place of one a user had kept and lost.
    pub again: u64,
}

impl ConnectionCounts {
    /// Adds those of one request.
    pub(super) fn add(&mut self, connections: Connections) {
        self.made += u64::from(connections.made);
        self.again += u64::from(connections.again);
    }
}

/// Counts, sums and the distribution of the requests of one endpoint. A commutative monoid under
/// [`Entry::merge`]; the default is its zero.
///
/// As in Locust, a failed request counts among the requests too, and its time is in the
/// distribution. Interrupted ones are in neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Finished requests, failed ones included.
    pub requests: u64,
    /// Failed requests.
    pub failures: u64,
    /// Answers of status 429, failed or accepted.
    pub rate_limited: u64,
    /// Requests that were sent because the one before them was to be retried.
    pub retries: u64,
    /// Requests cut off by the end of the run: neither ok nor failed.
    pub interrupted: u64,
    /// Sum of all response times, exact.
    pub total_time: Duration,
    /// Shortest response time, exact.
    pub min: Option<Duration>,
    /// Longest response time, exact.
    pub max: Option<Duration>,
    /// Sum of the body sizes in bytes.
    pub bytes: u64,
    /// Answers per status, ascending; 0 stands for no answer at all.
    pub statuses: Vec<(u16, u64)>,
    /// Connections that were made; none where the transport cannot tell.
    pub connections: Option<ConnectionCounts>,
    /// When the last request ended.
    pub last_done: Option<Offset>,
    /// The distribution of response times, those of failed requests included.
    pub times: Histogram,
    /// The distribution of the response times of failed requests alone.
    pub failed_times: Histogram,
    /// What else was measured.
    pub measures: SeriesByMeasure,
    /// What its declared answers were; none where it declares none.
    pub answers: Option<Box<AnswerCounts>>,
    /// Requests judged by objectives.
    pub goodput: GoodCounts,
    /// What answers told of the service's own limits; none where none did.
    pub rate_limits: Option<Box<RateLimits>>,
}

impl Entry {
    /// Adds all that `other` counted.
    pub fn merge(&mut self, other: &Entry) {
        self.requests += other.requests;
        self.failures += other.failures;
        self.rate_limited += other.rate_limited;
        self.retries += other.retries;
        self.interrupted += other.interrupted;
        self.total_time += other.total_time;
        self.min = [self.min, other.min].into_iter().flatten().min();
        self.max = self.max.max(other.max);
        self.bytes += other.bytes;
        for &(status, count) in &other.statuses {
            self.add_status(status, count);
        }
        if let Some(theirs) = other.connections {
            let mine = self.connections.get_or_insert_default();
            mine.made += theirs.made;
            mine.again += theirs.again;
        }
        self.last_done = self.last_done.max(other.last_done);
        self.times.merge(&other.times);
        self.failed_times.merge(&other.failed_times);
        merge_series(&mut self.measures, &other.measures);
        if let Some(theirs) = &other.answers {
            self.answers.get_or_insert_default().merge(theirs);
        }
        self.goodput.merge(other.goodput);
        if let Some(theirs) = &other.rate_limits {
            self.rate_limits.get_or_insert_default().merge(theirs);
        }
    }

    /// Counts `count` more answers of this status.
    pub fn add_status(&mut self, status: u16, count: u64) {
        match self
            .statuses
            .binary_search_by_key(&status, |(status, _)| *status)
        {
            Ok(at) => self.statuses[at].1 += count,
            Err(at) => self.statuses.insert(at, (status, count)),
        }
    }

    /// A response-time percentile (0 to 1), never outside what was really measured.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        // Buckets are up to 0.1 % wide; the exact extremes are known.
        Some(self.times.quantile(quantile)?.clamp(self.min?, self.max?))
    }

    /// The mean response time.
    #[must_use]
    pub fn average(&self) -> Option<Duration> {
        (self.requests > 0).then(|| self.total_time.div_f64(as_f64(self.requests)))
    }

    /// The mean body size in bytes.
    #[must_use]
    pub fn average_bytes(&self) -> Option<f64> {
        (self.requests > 0).then(|| as_f64(self.bytes) / as_f64(self.requests))
    }

    /// Failures by requests, 0 to 1.
    #[must_use]
    pub fn fail_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| as_f64(self.failures) / as_f64(self.requests))
    }

    /// Whether nothing at all was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requests == 0 && self.interrupted == 0
    }
}

/// A count as a number to calculate with.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of requests stay far below 2^53"
)]
pub(super) fn as_f64(count: u64) -> f64 {
    count as f64
}

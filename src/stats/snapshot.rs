//! An immutable view of the statistics at one moment, every figure already computed.
//!
//! Owns what a figure is; renderers only format. Must not know formats.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Endpoint, Offset, seconds};

use super::entry::as_f64;
use super::window::CURRENT;
use super::{AnswerFigures, ConnectionCounts, Entry, Figures, Goodput, RateLimits, Totals, Window};

/// The percentiles of Locust's tables and files, as shares.
pub const PERCENTILES: [f64; 11] = [
    0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0,
];

/// The values at [`PERCENTILES`], in that order; none without times.
pub type Percentiles = Option<[Duration; 11]>;

/// The figures of one endpoint, or of all together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Whose.
    pub endpoint: Endpoint,
    /// Finished requests, failed ones included.
    pub requests: u64,
    /// Failed requests.
    pub failures: u64,
    /// Answers of status 429.
    pub rate_limited: u64,
    /// Requests that were sent because the one before them was to be retried.
    #[serde(default)]
    pub retries: u64,
    /// Requests cut off by the end of the run.
    pub interrupted: u64,
    /// Mean response time.
    #[serde(with = "seconds")]
    pub average: Option<Duration>,
    /// Shortest response time.
    #[serde(with = "seconds")]
    pub min: Option<Duration>,
    /// Longest response time.
    #[serde(with = "seconds")]
    pub max: Option<Duration>,
    /// Mean body size in bytes.
    pub average_bytes: Option<f64>,
    /// Requests per second over the whole run: as in Locust, from the start of the statistics to
    /// the last request of any endpoint.
    pub rps: f64,
    /// Failures per second over the whole run.
    pub failures_per_second: f64,
    /// Response-time percentiles over the whole run.
    #[serde(with = "seconds")]
    pub percentiles: Percentiles,
    /// Answers per status; 0 stands for no answer.
    pub statuses: Vec<(u16, u64)>,
    /// Connections that were made; none where the transport cannot tell.
    pub connections: Option<ConnectionCounts>,
    /// What else was measured: phases, moments of streamed answers.
    pub measures: Vec<Figures>,
    /// What its declared answers were; none where it declares none.
    pub answers: Option<AnswerFigures>,
    /// How many requests met their objectives; none where it has none.
    pub goodput: Option<Goodput>,
    /// What answers told of the service's own limits; none where none did.
    #[serde(default)]
    pub rate_limits: Option<RateLimits>,
    /// The last ten seconds.
    pub current: Current,
}

/// The figures of the last ten seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Current {
    /// Requests per second.
    pub rps: f64,
    /// Failures per second.
    pub failures_per_second: f64,
    /// Failures by requests, 0 to 1; none without requests.
    pub fail_ratio: Option<f64>,
    /// Response-time percentiles.
    #[serde(with = "seconds")]
    pub percentiles: Percentiles,
}

impl Row {
    /// The median response time.
    #[must_use]
    pub fn median(&self) -> Option<Duration> {
        self.percentiles.map(|values| values[0])
    }

    /// Failures by requests, 0 to 1; none without requests.
    #[must_use]
    pub fn fail_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| as_f64(self.failures) / as_f64(self.requests))
    }
}

/// One row of the failure table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRow {
    /// Where.
    pub endpoint: Endpoint,
    /// The text of files and reports.
    pub error: String,
    /// The text of the console: checks without Python's dressing.
    pub console: String,
    /// How often.
    pub occurrences: u64,
    /// First time.
    pub first: Offset,
    /// Last time.
    pub last: Offset,
}

/// One row of the exceptions table: what went wrong in tasks outside of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRow {
    /// How often.
    pub count: u64,
    /// What.
    pub message: String,
    /// Where: user class, task, step.
    pub traceback: String,
    /// When first.
    pub first: Offset,
}

/// The statistics at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When.
    pub at: Offset,
    /// Users running.
    pub users: u32,
    /// Users running per class, in the plan's order of classes.
    pub users_by_class: Vec<(String, u32)>,
    /// Endpoints that had any request, by (name, method).
    pub rows: Vec<Row>,
    /// All endpoints together.
    pub aggregated: Row,
    /// Failures in order of first occurrence.
    pub failures: Vec<FailureRow>,
    /// Exceptions in order of first occurrence.
    pub exceptions: Vec<ExceptionRow>,
}

/// The users running at the moment of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserCounts {
    /// Per class, in the plan's order of classes.
    pub by_class: Vec<(String, u32)>,
}

impl UserCounts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.by_class.iter().map(|(_, count)| count).sum()
    }
}

impl Snapshot {
    /// Computes every figure.
    #[must_use]
    pub fn new(
        at: Offset,
        users: UserCounts,
        endpoints: &[Endpoint],
        totals: &Totals,
        window: &Window,
    ) -> Self {
        let (recent, covered) = window.last(CURRENT);
        let counted = totals.counted();
        let nothing = Entry::default();
        let mut rows: Vec<Row> = (endpoints.iter().zip(&totals.delta().entries).enumerate())
            .filter(|(_, (_, entry))| !entry.is_empty())
            .map(|(index, (endpoint, entry))| {
                let recent = recent.entries.get(index).unwrap_or(&nothing);
                row(endpoint.clone(), entry, counted, current(recent, covered))
            })
            .collect();
        rows.sort_by(|a, b| a.endpoint.cmp(&b.endpoint));
        let current = current(&recent.sum(&[]), covered);
        Snapshot {
            at,
            users: users.total(),
            users_by_class: users.by_class,
            rows,
            aggregated: row(Endpoint::aggregated(), totals.all(), counted, current),
            failures: failure_rows(endpoints, totals),
            exceptions: exception_rows(totals),
        }
    }
}

fn row(endpoint: Endpoint, entry: &Entry, counted: Duration, current: Current) -> Row {
    Row {
        endpoint,
        requests: entry.requests,
        failures: entry.failures,
        rate_limited: entry.rate_limited,
        retries: entry.retries,
        interrupted: entry.interrupted,
        average: entry.average(),
        min: entry.min,
        max: entry.max,
        average_bytes: entry.average_bytes(),
        rps: per_second(entry.requests, counted),
        failures_per_second: per_second(entry.failures, counted),
        percentiles: percentiles(entry),
        statuses: entry.statuses.clone(),
        connections: entry.connections,
        measures: (entry.measures.iter())
            .filter_map(|(measure, series)| Figures::of(measure, series))
            .collect(),
        answers: AnswerFigures::of(entry, counted),
        goodput: Goodput::of(entry.goodput, counted),
        rate_limits: entry.rate_limits.as_deref().cloned(),
        current,
    }
}

fn current(recent: &Entry, covered: Duration) -> Current {
    Current {
        rps: per_second(recent.requests, covered),
        failures_per_second: per_second(recent.failures, covered),
        fail_ratio: recent.fail_ratio(),
        percentiles: percentiles(recent),
    }
}

fn percentiles(entry: &Entry) -> Percentiles {
    let mut values = [Duration::ZERO; PERCENTILES.len()];
    for (value, quantile) in values.iter_mut().zip(PERCENTILES) {
        *value = entry.quantile(quantile)?;
    }
    Some(values)
}

/// Events per second over a stretch; 0 over an empty one.
pub(crate) fn per_second(count: u64, stretch: Duration) -> f64 {
    if stretch.is_zero() {
        0.0
    } else {
        as_f64(count) / stretch.as_secs_f64()
    }
}

fn failure_rows(endpoints: &[Endpoint], totals: &Totals) -> Vec<FailureRow> {
    let mut rows: Vec<FailureRow> = (totals.delta().failures.iter())
        .filter_map(|((id, failure), seen)| {
            Some(FailureRow {
                endpoint: endpoints.get(id.index())?.clone(),
                error: failure.error(),
                console: failure.text.clone(),
                occurrences: seen.count,
                first: seen.first,
                last: seen.last,
            })
        })
        .collect();
    rows.sort_by(|a, b| (a.first, &a.endpoint, &a.error).cmp(&(b.first, &b.endpoint, &b.error)));
    rows
}

fn exception_rows(totals: &Totals) -> Vec<ExceptionRow> {
    let mut rows: Vec<ExceptionRow> = (totals.delta().exceptions.iter())
        .map(|(key, seen)| ExceptionRow {
            count: seen.count,
            message: key.message.clone(),
            traceback: key.traceback.clone(),
            first: seen.first,
        })
        .collect();
    rows.sort_by(|a, b| (a.first, &a.traceback).cmp(&(b.first, &b.traceback)));
    rows
}

//! What the tables of a run are made from: the same view of a moment and of a finished run.
//!
//! Owns nothing: it borrows. Must not know formats.

use std::time::Duration;

use crate::event::{RecordedRow, RunRecord, Tick};
use crate::model::{Endpoint, Offset};
use crate::stats::{Current, ExceptionRow, FailureRow, Row};

/// The figures of a run, at a moment or at its end.
#[derive(Clone, Debug)]
pub struct Tables<'a> {
    /// Per endpoint, by (name, method).
    pub rows: Vec<&'a Row>,
    /// All endpoints together.
    pub aggregated: &'a Row,
    /// In order of first occurrence.
    pub failures: &'a [FailureRow],
    /// In order of first occurrence.
    pub exceptions: &'a [ExceptionRow],
    /// Wall time of the run's start since the Unix epoch.
    pub started_unix: Duration,
}

impl<'a> From<&'a Tick> for Tables<'a> {
    fn from(tick: &'a Tick) -> Self {
        let snapshot = &tick.snapshot;
        Tables {
            rows: snapshot.rows.iter().collect(),
            aggregated: &snapshot.aggregated,
            failures: &snapshot.failures,
            exceptions: &snapshot.exceptions,
            started_unix: tick.unix.saturating_sub(snapshot.at.elapsed()),
        }
    }
}

impl<'a> From<&'a RunRecord> for Tables<'a> {
    fn from(record: &'a RunRecord) -> Self {
        let row = |recorded: &'a RecordedRow| &recorded.row;
        Tables {
            rows: record.rows.iter().map(row).collect(),
            aggregated: &record.aggregated.row,
            failures: &record.failures,
            exceptions: &record.exceptions,
            started_unix: record.started_unix,
        }
    }
}

impl Tables<'_> {
    /// Wall time of an offset since the Unix epoch.
    #[must_use]
    pub fn unix(&self, at: Offset) -> Duration {
        self.started_unix.saturating_add(at.elapsed())
    }
}

/// The Aggregated row before the first request.
#[must_use]
pub fn nothing_yet() -> Row {
    Row {
        endpoint: Endpoint::aggregated(),
        requests: 0,
        failures: 0,
        rate_limited: 0,
        retries: 0,
        interrupted: 0,
        average: None,
        min: None,
        max: None,
        average_bytes: None,
        rps: 0.0,
        failures_per_second: 0.0,
        percentiles: None,
        statuses: Vec::new(),
        connections: None,
        measures: Vec::new(),
        answers: None,
        goodput: None,
        rate_limits: None,
        current: Current::default(),
    }
}

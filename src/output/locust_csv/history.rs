//! `_stats_history.csv`: the course of the run, a row (or one per endpoint) each second.
//!
//! Appended as the run goes and never rewritten: what is there after a kill is all that was known.

use std::time::Duration;

use crate::event::{Event, Sink, SinkError, Tick};
use crate::output::destination::Destination;
use crate::output::sinks::Reporting;
use crate::output::tables::nothing_yet;
use crate::stats::Row;

use super::{NOT_AVAILABLE, PERCENTILE_LABELS, percentiles, syntax, times_and_size};

const BEFORE: [&str; 6] = [
    "Timestamp",
    "User Count",
    "Type",
    "Name",
    "Requests/s",
    "Failures/s",
];

const AFTER: [&str; 7] = [
    "Total Request Count",
    "Total Failure Count",
    "Total Median Response Time",
    "Total Average Response Time",
    "Total Min Response Time",
    "Total Max Response Time",
    "Total Average Content Size",
];

/// Which rows a second leaves, and what its percentiles are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Aggregated only, over the whole run so far.
    #[default]
    Aggregated,
    /// Every endpoint and Aggregated, over the last ten seconds (`--csv-full-history`).
    Full,
}

/// The header row.
#[must_use]
pub fn header() -> String {
    syntax::rows([(BEFORE.iter().chain(&PERCENTILE_LABELS).chain(&AFTER)).copied()])
}

/// The rows of one moment.
#[must_use]
pub fn render(tick: &Tick, detail: Detail) -> String {
    let snapshot = &tick.snapshot;
    let each = match detail {
        Detail::Aggregated => [].iter(),
        Detail::Full => snapshot.rows.iter(),
    };
    let rows = each.chain([&snapshot.aggregated]);
    syntax::rows(rows.map(|row| fields(tick.unix, snapshot.users, row, detail)))
}

fn fields(unix: Duration, users: u32, row: &Row, detail: Detail) -> Vec<String> {
    let Row {
        endpoint,
        requests,
        failures,
        // Locust has no column for these.
        rate_limited: _,
        interrupted: _,
        // In `times_and_size`.
        average: _,
        min: _,
        max: _,
        average_bytes: _,
        // Those of `_stats.csv`.
        rps: _,
        failures_per_second: _,
        percentiles: whole_run,
        statuses: _,
        current,
        // Locust's columns, exactly.
        connections: _,
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
    } = row;
    let mut fields = vec![
        unix.as_secs().to_string(),
        users.to_string(),
        endpoint.method.clone(),
        endpoint.name.clone(),
        format!("{:.6}", current.rps),
        format!("{:.6}", current.failures_per_second),
    ];
    fields.extend(match detail {
        Detail::Aggregated => percentiles(*whole_run, NOT_AVAILABLE),
        Detail::Full if *requests == 0 => percentiles(None, NOT_AVAILABLE),
        // Locust's file says 0, not N/A, of an endpoint without requests of late.
        Detail::Full => percentiles(current.percentiles, "0"),
    });
    fields.push(requests.to_string());
    fields.push(failures.to_string());
    fields.extend(times_and_size(row));
    fields
}

/// The row of the start, as Locust's history begins before the first user: nothing yet.
#[must_use]
pub fn first(started_unix: Duration, detail: Detail) -> String {
    syntax::rows([fields(started_unix, 0, &nothing_yet(), detail)])
}

/// The file as the run goes.
pub struct History {
    to: Reporting,
    detail: Detail,
    /// Whether the header stands.
    begun: bool,
    /// The second of the start, which has its row already.
    started: Option<u64>,
}

impl History {
    /// A history in so much detail.
    #[must_use]
    pub fn new(to: Box<dyn Destination>, detail: Detail) -> Self {
        History {
            to: Reporting::new(to),
            detail,
            begun: false,
            started: None,
        }
    }
}

impl Sink for History {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        let rows = match event {
            Event::Started(started) => {
                self.started = Some(started.started_unix.as_secs());
                first(started.started_unix, self.detail)
            }
            // The tick that begins a run says what the first row said.
            Event::Tick(tick)
                if tick.snapshot.users == 0 && self.started == Some(tick.unix.as_secs()) =>
            {
                return Ok(());
            }
            Event::Tick(tick) => render(tick, self.detail),
            Event::Sampled(_) | Event::Notice(_) | Event::SoFar(_) | Event::Finished(_) => {
                return Ok(());
            }
        };
        let begun = &mut self.begun;
        let text = if *begun { rows } else { header() + &rows };
        (self.to).write(|to| to.append(text.as_bytes()).inspect(|()| *begun = true))
    }
}

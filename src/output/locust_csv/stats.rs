//! `_stats.csv`: one row per endpoint over the whole run, and Aggregated.
//!
//! Must not know files or quoting.

use crate::output::figures::Number;
use crate::output::tables::Tables;
use crate::stats::Row;

use super::{NOT_AVAILABLE, PERCENTILE_LABELS, percentiles, syntax, times_and_size};

const COLUMNS: [&str; 11] = [
    "Type",
    "Name",
    "Request Count",
    "Failure Count",
    "Median Response Time",
    "Average Response Time",
    "Min Response Time",
    "Max Response Time",
    "Average Content Size",
    "Requests/s",
    "Failures/s",
];

/// The whole file.
#[must_use]
pub fn render(tables: &Tables<'_>) -> String {
    let header: Vec<String> = (COLUMNS.iter().chain(&PERCENTILE_LABELS))
        .map(|&label| label.to_owned())
        .collect();
    let rows = tables.rows.iter().copied().chain([tables.aggregated]);
    syntax::rows(std::iter::once(header).chain(rows.map(fields)))
}

fn fields(row: &Row) -> Vec<String> {
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
        rps,
        failures_per_second,
        percentiles: values,
        statuses: _,
        // The history's.
        current: _,
        // Locust's columns, exactly.
        connections: _,
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
    } = row;
    let mut fields = vec![
        endpoint.method.clone(),
        endpoint.name.clone(),
        requests.to_string(),
        failures.to_string(),
    ];
    fields.extend(times_and_size(row));
    fields.push(Number::Float(*rps).to_string());
    fields.push(Number::Float(*failures_per_second).to_string());
    fields.extend(percentiles(*values, NOT_AVAILABLE));
    fields
}

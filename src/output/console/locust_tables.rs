//! Locust's console tables, column for column.
//!
//! Numbers are cut off where Locust's `%d` cuts them off. One thing differs on purpose: control
//! characters in names and errors are spelt out. Must not know streams.

use std::fmt::Write;

use crate::output::figures::{Number, measured, median, ms, whole_ms};
use crate::output::locust_csv::PERCENTILE_LABELS;
use crate::output::tables::Tables;
use crate::stats::Row;

use super::style::tame;

/// Which rates the request table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rates {
    /// Of the last seconds, while the run goes on.
    Current,
    /// Of the whole run, at its end.
    WholeRun,
}

/// The width of the name column, from that of the terminal.
#[must_use]
pub fn name_width(columns: Option<usize>) -> usize {
    columns.map_or(80, |columns| columns.saturating_sub(80).min(80))
}

/// The request table.
#[must_use]
pub fn requests(tables: &Tables<'_>, rates: Rates, width: usize) -> String {
    // Python reads the width of `%-{W-4}s` without its sign.
    let name = width.abs_diff(4);
    let rule = rule(&[8, width.saturating_sub(4), 7, 13, 7, 7, 7, 7, 8, 11]);
    let mut out = format!(
        "{:<8} {:<name$} {:>7} {:>12} |{:>7} {:>7} {:>7}{:>7} | {:>7} {:>11}\n{rule}",
        "Type", "Name", "# reqs", "# fails", "Avg", "Min", "Max", "Med", "req/s", "failures/s"
    );
    for row in &tables.rows {
        out += &request_row(row, rates, name);
    }
    out + &rule + &request_row(tables.aggregated, rates, name)
}

fn request_row(row: &Row, rates: Rates, name: usize) -> String {
    let Row {
        endpoint,
        requests,
        failures,
        // Locust has no column for these.
        rate_limited: _,
        interrupted: _,
        average,
        min,
        max,
        average_bytes: _,
        rps,
        failures_per_second,
        percentiles: _,
        statuses: _,
        current,
        // Locust's tables have no columns for it.
        connections: _,
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
    } = row;
    let share = row.fail_ratio().unwrap_or(0.0) * 100.0;
    let (rps, fails) = match rates {
        Rates::Current => (current.rps, current.failures_per_second),
        Rates::WholeRun => (*rps, *failures_per_second),
    };
    format!(
        "{:<8} {:<name$} {requests:>7} {:>12} |{:>7} {:>7} {:>7}{:>7} | {rps:>7.2} {fails:>11.2}\n",
        method(row),
        tame(&endpoint.name),
        format!("{failures}({share:.2}%)"),
        Number::Float(average.map_or(0.0, ms)).truncated(),
        measured(*min).truncated(),
        measured(*max).truncated(),
        median(row).truncated(),
    )
}

/// The percentile table.
#[must_use]
pub fn percentiles(tables: &Tables<'_>, width: usize) -> String {
    let mut rule = rule(&[8, width, 8]);
    rule.truncate(rule.trim_end().len());
    rule += &"|------".repeat(PERCENTILE_LABELS.len());
    rule.push('\n');
    let labels = PERCENTILE_LABELS.map(str::to_owned);
    let mut out = "Response time percentiles (approximated)\n".to_owned();
    out += &percentile_row("Type", "Name", &labels, "# reqs", width);
    out += &rule;
    for row in &tables.rows {
        out += &percentiles_of(row, width);
    }
    out + &rule + &percentiles_of(tables.aggregated, width)
}

/// Nothing for a row without times, as Locust leaves it out.
fn percentiles_of(row: &Row, width: usize) -> String {
    row.percentiles.map_or_else(String::new, |values| {
        let values = values.map(|value| whole_ms(value).to_string());
        let name = tame(&row.endpoint.name);
        percentile_row(
            &method(row),
            &name,
            &values,
            &row.requests.to_string(),
            width,
        )
    })
}

fn percentile_row(
    method: &str,
    name: &str,
    values: &[String; 11],
    requests: &str,
    width: usize,
) -> String {
    let [first, rest @ ..] = values;
    let mut out = format!("{method:<8} {name:<width$} {first:>8}");
    for value in rest.iter().map(String::as_str).chain([requests]) {
        write!(out, " {value:>6}").expect("writing to a String cannot fail");
    }
    out + "\n"
}

/// The error report, with the empty line at its end; nothing without failures.
#[must_use]
pub fn errors(tables: &Tables<'_>, width: usize) -> String {
    if tables.failures.is_empty() {
        return String::new();
    }
    let rule = rule(&[18, 61 + width]);
    let mut out = format!(
        "Error report\n{:<18} {:<100}\n{rule}",
        "# occurrences", "Error"
    );
    for row in tables.failures {
        let error = tame(&format!("{}: {}", row.endpoint, row.console));
        writeln!(out, "{:<18} {error:<100}", row.occurrences)
            .expect("writing to a String cannot fail");
    }
    out + &rule + "\n"
}

/// All of them, as Locust prints them when a run is over.
#[must_use]
pub fn closing(tables: &Tables<'_>, columns: Option<usize>) -> String {
    let width = name_width(columns);
    let requests = requests(tables, Rates::WholeRun, width);
    let percentiles = percentiles(tables, width);
    format!("{requests}\n{percentiles}\n{}", errors(tables, width))
}

/// Locust puts a space behind the method and nothing in its place for Aggregated.
fn method(row: &Row) -> String {
    match row.endpoint.method.as_str() {
        "" => String::new(),
        method => format!("{} ", tame(method)),
    }
}

fn rule(widths: &[usize]) -> String {
    let dashes: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    dashes.join("|") + "\n"
}

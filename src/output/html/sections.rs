//! The parts of the report that are tables, as texts for the template.
//!
//! Must not know how they are laid out.

use std::time::Duration;

use crate::event::{RunRecord, Severity};
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::figures::{bytes, percent, rate, table_ms};
use crate::output::locust_csv::failures::by_key;
use crate::output::tables::Tables;
use crate::output::utc;
use crate::output::verdict::{Tone, standing};
use crate::stats::Row;

/// What stands where there is no figure.
const MISSING: &str = "–";

/// One threshold.
pub(super) struct ThresholdView {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) condition: String,
    pub(super) observed: String,
    pub(super) limit: String,
    pub(super) standing: &'static str,
}

/// One row of the request and percentile tables.
pub(super) struct RowView {
    pub(super) method: String,
    pub(super) name: String,
    pub(super) requests: String,
    pub(super) failures: String,
    pub(super) failed: bool,
    pub(super) fail_ratio: String,
    pub(super) rate_limited: String,
    pub(super) interrupted: String,
    pub(super) average: String,
    pub(super) min: String,
    pub(super) max: String,
    pub(super) size: String,
    pub(super) rps: String,
    pub(super) failures_per_second: String,
    pub(super) statuses: String,
    pub(super) percentiles: Vec<String>,
}

/// One row of the failure table.
pub(super) struct FailureView {
    pub(super) occurrences: String,
    pub(super) method: String,
    pub(super) name: String,
    pub(super) error: String,
    pub(super) first: String,
    pub(super) last: String,
}

/// One row of the exceptions table.
pub(super) struct ExceptionView {
    pub(super) count: String,
    pub(super) message: String,
    pub(super) traceback: String,
    pub(super) first: String,
}

/// One notice.
pub(super) struct NoticeView {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    pub(super) at: String,
    pub(super) text: String,
}

/// One row of the table behind the charts.
pub(super) struct PointView {
    pub(super) at: String,
    pub(super) cells: [String; 8],
}

/// The class a tone is styled by.
pub(super) fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Open => "open",
        Tone::Bad => "bad",
    }
}

pub(super) fn thresholds(record: &RunRecord) -> Vec<ThresholdView> {
    (record.judgements.iter())
        .map(|judgement| {
            let (standing, tone) = standing(judgement);
            ThresholdView {
                class: class(tone),
                mark: match tone {
                    Tone::Good => "✓",
                    Tone::Open => "!",
                    Tone::Bad => "✗",
                },
                condition: judgement.condition(),
                observed: judgement.shown_observed(),
                limit: judgement.shown_limit(),
                standing,
            }
        })
        .collect()
}

pub(super) fn row(row: &Row) -> RowView {
    let Row {
        endpoint,
        requests,
        failures,
        rate_limited,
        interrupted,
        average,
        min,
        max,
        average_bytes,
        rps,
        failures_per_second,
        percentiles,
        statuses,
        // The last seconds of a run say nothing about it.
        current: _,
        // Shown beside the endpoint's charts.
        connections: _,
        measures: _,
    } = row;
    let time = |time: Option<Duration>| time.map_or_else(missing, table_ms);
    RowView {
        method: endpoint.method.clone(),
        name: endpoint.name.clone(),
        requests: format_count(*requests),
        failures: format_count(*failures),
        failed: *failures > 0,
        fail_ratio: row.fail_ratio().map_or_else(missing, percent),
        rate_limited: format_count(*rate_limited),
        interrupted: format_count(*interrupted),
        average: time(*average),
        min: time(*min),
        max: time(*max),
        size: average_bytes.map_or_else(missing, bytes),
        rps: rate(*rps),
        failures_per_second: rate(*failures_per_second),
        statuses: answers(statuses),
        percentiles: percentiles.map_or_else(Vec::new, |values| values.map(table_ms).into()),
    }
}

/// `200 × 1 204, 500 × 3, no answer × 1`.
fn answers(statuses: &[(u16, u64)]) -> String {
    let answers: Vec<String> = (statuses.iter())
        .map(|(status, count)| match status {
            // Spaces that do not break: each stays on one line.
            0 => format!("no\u{a0}answer\u{a0}×\u{a0}{}", format_count(*count)),
            status => format!("{status}\u{a0}×\u{a0}{}", format_count(*count)),
        })
        .collect();
    answers.join(", ")
}

fn missing() -> String {
    MISSING.to_owned()
}

pub(super) fn failures(tables: &Tables<'_>) -> Vec<FailureView> {
    // The most frequent first: a reader wants to know what went wrong, not Locust's key.
    let mut rows: Vec<_> = by_key(tables.failures).into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.occurrences));
    rows.into_iter()
        .map(|row| FailureView {
            occurrences: format_count(row.occurrences),
            method: row.endpoint.method,
            name: row.endpoint.name,
            error: row.error,
            first: utc::readable(tables.unix(row.first)),
            last: utc::readable(tables.unix(row.last)),
        })
        .collect()
}

pub(super) fn exceptions(tables: &Tables<'_>) -> Vec<ExceptionView> {
    (tables.exceptions.iter())
        .map(|row| ExceptionView {
            count: format_count(row.count),
            message: row.message.clone(),
            traceback: row.traceback.clone(),
            first: utc::readable(tables.unix(row.first)),
        })
        .collect()
}

pub(super) fn notices(record: &RunRecord) -> Vec<NoticeView> {
    (record.notices.iter())
        .map(|notice| {
            let (class, word) = match notice.severity {
                Severity::Info => ("info", "Note"),
                Severity::Warning => ("open", "Warning"),
                Severity::Error => ("bad", "Error"),
            };
            NoticeView {
                class,
                word,
                at: format_duration(Duration::from_secs(notice.at.elapsed().as_secs())),
                text: notice.text.clone(),
            }
        })
        .collect()
}

pub(super) fn points(record: &RunRecord) -> Vec<PointView> {
    let time = |time: Option<Duration>| time.map_or_else(missing, format_time);
    (record.timeline.iter())
        .map(|point| PointView {
            at: format!("{:.0} s", point.at.as_secs_f64()),
            cells: [
                point.users.to_string(),
                rate(point.rps),
                rate(point.failures_per_second),
                rate(point.rate_limited_per_second),
                time(point.average),
                time(point.p50),
                time(point.p95),
                time(point.p99),
            ],
        })
        .collect()
}

//! The parts of the report that are tables, as texts for the template.
//!
//! Must not know how they are laid out.

use std::time::Duration;

use crate::event::{MarkKind, Notice, RunRecord, Severity};
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::figures::{bytes, percent, rate, table_ms, truncated};
use crate::output::measures::title;
use crate::output::verdict::{Tone, standing};
use crate::stats::measure::Unit;
use crate::stats::{ConnectionCounts, Figures, Point, Row};

use super::MISSING;
use super::failures::after;

/// One threshold.
pub(super) struct ThresholdView {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) condition: String,
    pub(super) observed: String,
    pub(super) limit: String,
    pub(super) standing: &'static str,
}

/// One row of the tables of endpoints.
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
    pub(super) p50: String,
    pub(super) p95: String,
    pub(super) p99: String,
    pub(super) max: String,
    pub(super) size: String,
    /// The size as a number, to sort by.
    pub(super) size_bytes: String,
    pub(super) connections: String,
    pub(super) rps: String,
    pub(super) failures_per_second: String,
    pub(super) statuses: String,
    pub(super) percentiles: Vec<String>,
}

/// Something that happened.
pub(super) struct EventView {
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
        connections,
        // Shown beside the endpoint's charts.
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
    } = row;
    let time = |time: Option<Duration>| time.map_or_else(missing, table_ms);
    let percentile = |index: usize| time(percentiles.map(|values| values[index]));
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
        p50: percentile(0),
        p95: percentile(5),
        p99: percentile(7),
        max: time(*max),
        size: average_bytes.map_or_else(missing, bytes),
        size_bytes: average_bytes.map_or_else(String::new, |size| format!("{size:.0}")),
        connections: connections.map_or_else(missing, made),
        rps: rate(*rps),
        failures_per_second: rate(*failures_per_second),
        statuses: answers(statuses),
        percentiles: percentiles
            .map_or_else(|| vec![missing(); 11], |values| values.map(table_ms).into()),
    }
}

/// `12`, or `12 (3 again)` where some took the place of one that was lost.
fn made(connections: ConnectionCounts) -> String {
    let made = format_count(connections.made);
    match connections.again {
        0 => made,
        again => format!("{made} ({} again)", format_count(again)),
    }
}

/// A line of the tables of what else was measured: name, count, average, p50, p90, p95, p99,
/// largest.
pub(super) fn measure(figures: &Figures) -> [String; 8] {
    let Figures {
        measure,
        count,
        average,
        // Of phases the shortest is nothing worth knowing.
        min: _,
        max,
        p50,
        p90,
        p95,
        p99,
    } = figures;
    let value = |value: &f64| match measure.unit() {
        Unit::Time => format_time(Duration::try_from_secs_f64(*value).unwrap_or_default()),
        Unit::Count => format_count(truncated(value.round())),
        Unit::Rate => format!("{}/s", rate(*value)),
    };
    [
        title(measure),
        format_count(*count),
        match measure.unit() {
            // Between two and three sources there is a world.
            Unit::Count if *average < 100.0 => format!("{average:.1}"),
            Unit::Count | Unit::Time | Unit::Rate => value(average),
        },
        value(p50),
        value(p90),
        value(p95),
        value(p99),
        value(max),
    ]
}

/// `200 × 1 204, 500 × 3, no answer × 1`.
fn answers(statuses: &[(u16, u64)]) -> String {
    let answers: Vec<String> = (statuses.iter())
        .map(|(status, count)| {
            let status = match status {
                0 => "no answer".to_owned(),
                status => status.to_string(),
            };
            // Spaces that do not break: each stays on one line.
            format!("{status} × {}", format_count(*count)).replace(' ', "\u{a0}")
        })
        .collect();
    answers.join(", ")
}

fn missing() -> String {
    MISSING.to_owned()
}

/// What a reader must know before believing the figures.
pub(super) fn cautions(record: &RunRecord) -> Vec<EventView> {
    let grave = |notice: &&Notice| notice.severity >= Severity::Warning;
    record.notices.iter().filter(grave).map(notice).collect()
}

/// Notices and marks in the order of time.
pub(super) fn events(record: &RunRecord) -> Vec<EventView> {
    let notices = record.notices.iter().map(|told| (told.at, notice(told)));
    let marks = record.marks.iter().map(|mark| {
        let class = match mark.kind {
            MarkKind::Threshold => "bad",
            MarkKind::Users
            | MarkKind::Paused
            | MarkKind::Resumed
            | MarkKind::Reset
            | MarkKind::ThresholdMet
            | MarkKind::Ending => "info",
        };
        let view = EventView {
            class,
            word: "",
            at: after(mark.at),
            text: mark.text.clone(),
        };
        (mark.at, view)
    });
    let mut events: Vec<_> = notices.chain(marks).collect();
    events.sort_by_key(|(at, _)| *at);
    events.into_iter().map(|(_, view)| view).collect()
}

fn notice(notice: &Notice) -> EventView {
    let (class, word) = match notice.severity {
        Severity::Info => ("info", ""),
        Severity::Warning => ("open", "Warning"),
        Severity::Error => ("bad", "Error"),
    };
    EventView {
        class,
        word,
        at: after(notice.at),
        text: notice.text.clone(),
    }
}

pub(super) fn points(points: &[Point]) -> Vec<PointView> {
    let time = |time: Option<Duration>| time.map_or_else(missing, format_time);
    (points.iter())
        .map(|point| PointView {
            at: format_duration(Duration::from_secs_f64(point.at.as_secs_f64().round())),
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

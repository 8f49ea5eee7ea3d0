//! The page as its template sees it.
//!
//! Owns what stands on it and in which order; `sections` and `charts` make the parts.

use std::time::Duration;

use askama::Template;

use crate::event::{Ending, RunRecord, StopReason};
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::figures::{percent, rate};
use crate::output::locust_csv::PERCENTILE_LABELS;
use crate::output::tables::Tables;
use crate::output::utc;
use crate::output::verdict::headline;
use crate::scenario::plan::Setting;

use super::chart::Chart;
use super::charts;
use super::sections::{
    self, ExceptionView, FailureView, NoticeView, PointView, RowView, ThresholdView,
};

/// A figure at the top of the page.
struct Tile {
    label: &'static str,
    value: String,
    note: String,
}

/// A line of the run's card.
struct Fact {
    label: &'static str,
    value: String,
}

/// The report.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    scenario: &'a str,
    description: &'a str,
    host: &'a str,
    started: String,
    word: &'static str,
    class: &'static str,
    reason: String,
    tiles: Vec<Tile>,
    facts: Vec<Fact>,
    thresholds: Vec<ThresholdView>,
    charts: Vec<Chart>,
    points: Vec<PointView>,
    rows: Vec<RowView>,
    aggregated: RowView,
    labels: [&'static str; 11],
    /// Whether any answer had status 429.
    limited: bool,
    /// Whether the end of the run cut any request off.
    interrupted: bool,
    failures: Vec<FailureView>,
    exceptions: Vec<ExceptionView>,
    notices: Vec<NoticeView>,
    settings: &'a [Setting],
    resolved: &'a str,
    version: &'a str,
}

impl<'a> Page<'a> {
    /// The report on a run.
    pub(super) fn of(record: &'a RunRecord) -> Self {
        let tables = Tables::from(record);
        let headline = headline(record);
        Page {
            scenario: &record.scenario,
            description: &record.description,
            host: &record.host,
            started: utc::readable(record.started_unix),
            word: headline.word,
            class: sections::class(headline.tone),
            reason: headline.reason,
            tiles: tiles(record),
            facts: facts(record),
            thresholds: sections::thresholds(record),
            charts: charts::of(record),
            points: sections::points(record),
            rows: tables.rows.iter().map(|row| sections::row(row)).collect(),
            aggregated: sections::row(tables.aggregated),
            labels: PERCENTILE_LABELS,
            limited: tables.aggregated.rate_limited > 0,
            interrupted: tables.aggregated.interrupted > 0,
            failures: sections::failures(&tables),
            exceptions: sections::exceptions(&tables),
            notices: sections::notices(record),
            settings: &record.settings,
            resolved: &record.resolved,
            version: &record.ragload_version,
        }
    }
}

fn tiles(record: &RunRecord) -> Vec<Tile> {
    let all = &record.aggregated.row;
    let missing = || "–".to_owned();
    let percentile = |index: usize| {
        all.percentiles
            .map_or_else(missing, |values| format_time(values[index]))
    };
    let failed = match all.failures {
        0 => "none".to_owned(),
        failures => format!("{} failed", format_count(failures)),
    };
    let longest = all
        .max
        .map_or_else(String::new, |max| format!("max {}", format_time(max)));
    let ratio = all.fail_ratio().map_or_else(missing, percent);
    let per_second = format!("{}/s", rate(all.rps));
    let mut tiles = vec![
        tile("Requests", format_count(all.requests), per_second),
        tile("Failures", ratio, failed),
        tile("Median", percentile(0), String::new()),
        tile("p95", percentile(5), String::new()),
        tile("p99", percentile(7), longest),
    ];
    let seldom = [
        ("Rate limited", all.rate_limited, "answers of status 429"),
        ("Cut off", all.interrupted, "by the end of the run"),
    ];
    for (label, count, note) in seldom {
        if count > 0 {
            tiles.push(tile(label, format_count(count), note.to_owned()));
        }
    }
    tiles
}

fn tile(label: &'static str, value: String, note: String) -> Tile {
    Tile { label, value, note }
}

fn facts(record: &RunRecord) -> Vec<Fact> {
    let ended = record.started_unix.saturating_add(record.duration);
    let fact = |label, value| Fact { label, value };
    vec![
        fact("Target", record.host.clone()),
        fact("Started", utc::readable(record.started_unix)),
        fact(
            "Ended",
            format!("{} ({})", utc::readable(ended), ending(&record.ending)),
        ),
        fact(
            "Duration",
            format_duration(Duration::from_secs(record.duration.as_secs())),
        ),
        fact("Peak users", format_count(u64::from(record.peak_users))),
        fact("Seed", record.seed.to_string()),
        fact("ragload", record.ragload_version.clone()),
    ]
}

fn ending(ending: &Ending) -> String {
    match ending {
        Ending::Completed => "completed".to_owned(),
        Ending::Stopped(StopReason::Interrupt) => "Ctrl+C".to_owned(),
        Ending::Stopped(StopReason::Terminate) => "SIGTERM".to_owned(),
        Ending::Stopped(StopReason::Requested) => "stopped on request".to_owned(),
        Ending::StopIf(condition) => format!("stop_if {condition}"),
        Ending::Threshold(condition) => format!("threshold {condition}"),
        Ending::NoUsers => "no user left".to_owned(),
        Ending::ThreadLost => "a load thread died".to_owned(),
    }
}

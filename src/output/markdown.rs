//! The run as Markdown, for the step summary of a CI job or a comment on a change.
//!
//! Must not know files.

use std::time::Duration;

use crate::event::{RecordedRow, RunRecord};
use crate::model::units::{format_count, format_duration};
use crate::stats::Row;

use super::answers::AnswerTable;
use super::figures::{percent, rate, table_ms};
use super::limits;
use super::utc;
use super::verdict::{Tone, headline, standing};

/// Failures listed; the others are in the files.
const FAILURES: usize = 10;

/// The whole text.
#[must_use]
pub fn render(record: &RunRecord) -> String {
    let headline = headline(record);
    let mark = mark(headline.tone);
    let whole_seconds = Duration::from_secs(record.duration.as_secs());
    let head = format!(
        "## {mark} {}: {} against {}\n\n{}\n\n{} users at most, {}, {}, seed {}\n",
        headline.word,
        text(&record.scenario),
        text(&record.host),
        text(&headline.reason),
        format_count(u64::from(record.peak_users)),
        format_duration(whole_seconds),
        utc::readable(record.started_unix),
        record.seed,
    );
    [
        head,
        thresholds(record),
        requests(record),
        answers(record),
        rate_limits(record),
        failures(record),
    ]
    .concat()
}

fn thresholds(record: &RunRecord) -> String {
    let rows = record.judgements.iter().map(|judgement| {
        let (word, tone) = standing(judgement);
        let condition = text(&judgement.condition());
        format!(
            "| {} | {condition} | {} | {word} |\n",
            mark(tone),
            judgement.shown_observed()
        )
    });
    let head = "\n| | Threshold | Observed | Result |\n|---|---|---:|---|\n";
    table(head, rows.collect())
}

fn requests(record: &RunRecord) -> String {
    let rows = record.rows.iter().chain([&record.aggregated]).map(request);
    let head = "\n| Request | Count | Failed | p50 ms | p95 ms | p99 ms | Requests/s |\n\
        |---|---:|---:|---:|---:|---:|---:|\n";
    table(head, rows.collect())
}

fn request(recorded: &RecordedRow) -> String {
    let row = &recorded.row;
    let at = |index: usize| {
        row.percentiles
            .map_or_else(String::new, |p| table_ms(p[index]))
    };
    let failed = row.fail_ratio().map_or_else(String::new, percent);
    format!(
        "| {} | {} | {failed} | {} | {} | {} | {} |\n",
        text(&row.endpoint.to_string()),
        format_count(row.requests),
        at(0),
        at(5),
        at(7),
        rate(row.rps),
    )
}

fn answers(record: &RunRecord) -> String {
    let rows: Vec<&Row> = record
        .rows
        .iter()
        .chain([&record.aggregated])
        .map(|r| &r.row)
        .collect();
    let shown = AnswerTable::of(&rows);
    if shown.is_empty() {
        return String::new();
    }
    let heads = shown.heads.join(" | ");
    let bars = "---:|".repeat(shown.heads.len());
    let lines = shown.rows.into_iter().map(|(row, cells)| {
        let cells: Vec<String> = cells.into_iter().map(Option::unwrap_or_default).collect();
        let name = text(&rows[row].endpoint.to_string());
        format!("| {name} | {} |\n", cells.join(" | "))
    });
    table(
        &format!("\n| Declared answers | {heads} |\n|---|{bars}\n"),
        lines.collect(),
    )
}

fn rate_limits(record: &RunRecord) -> String {
    let told = record.aggregated.row.rate_limits.as_ref();
    told.map_or_else(String::new, |told| {
        format!("\n{}\n", limits::sentence(told))
    })
}

fn failures(record: &RunRecord) -> String {
    let mut sorted: Vec<_> = record.failures.iter().collect();
    sorted.sort_by_key(|failure| std::cmp::Reverse(failure.occurrences));
    let rows = sorted.iter().take(FAILURES).map(|failure| {
        let endpoint = text(&failure.endpoint.to_string());
        let error = text(&failure.error);
        format!(
            "| {} | {endpoint} | {error} |\n",
            format_count(failure.occurrences)
        )
    });
    let more = match sorted.len().saturating_sub(FAILURES) {
        0 => String::new(),
        more => format!("\nand {more} more kinds of failure\n"),
    };
    table(
        "\n| Failures | Request | Error |\n|---:|---|---|\n",
        rows.collect(),
    ) + &more
}

/// A table, or nothing when it has no rows.
fn table(head: &str, rows: String) -> String {
    if rows.is_empty() {
        rows
    } else {
        head.to_owned() + &rows
    }
}

fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✅",
        Tone::Open => "⚠️",
        Tone::Bad => "❌",
    }
}

/// A text from outside: no markup, no line break, no cell border of its own.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' | '@' | '~' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

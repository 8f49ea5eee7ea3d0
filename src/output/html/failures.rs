//! What went wrong, as texts for the page: failures with samples of the answers, and exceptions.
//!
//! Must not know how they are laid out.

use std::time::Duration;

use crate::event::{RecordedAnswer, RunRecord};
use crate::model::Offset;
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::figures::{bytes, percent};
use crate::output::locust_csv::failures::{by_key, normalised};
use crate::output::tables::Tables;
use crate::output::utc;
use crate::stats::{FailedAnswer, FailureRow};

/// Kinds of failure the page lists; the others are in the files.
const LISTED: usize = 200;

/// The failure table.
pub(super) struct FailuresView {
    pub(super) rows: Vec<FailureView>,
    /// Kinds of failure that are not listed.
    pub(super) more: usize,
}

/// One row of the failure table.
pub(super) struct FailureView {
    pub(super) occurrences: String,
    pub(super) share: String,
    pub(super) method: String,
    pub(super) name: String,
    pub(super) error: String,
    pub(super) first: Seen,
    pub(super) last: Seen,
    pub(super) samples_word: String,
    pub(super) samples: Vec<SampleView>,
}

/// A moment of the run: since its start, and by the clock.
pub(super) struct Seen {
    pub(super) seconds: String,
    pub(super) after: String,
    pub(super) clock: String,
}

/// One failed request with what came back.
pub(super) struct SampleView {
    pub(super) status: String,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) timing: String,
    pub(super) request_body: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body_word: String,
    pub(super) body: String,
}

/// One row of the exceptions table.
pub(super) struct ExceptionView {
    pub(super) count: String,
    pub(super) message: String,
    pub(super) traceback: String,
    pub(super) first: Seen,
}

pub(super) fn failures(record: &RunRecord) -> FailuresView {
    // The most frequent first: a reader wants to know what went wrong, not Locust's key.
    let mut rows: Vec<_> = by_key(&record.failures).into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.occurrences));
    let all = rows.iter().map(|row| row.occurrences).sum();
    FailuresView {
        more: rows.len().saturating_sub(LISTED),
        rows: (rows.into_iter().take(LISTED))
            .map(|row| failure(row, all, record))
            .collect(),
    }
}

fn failure(row: FailureRow, all: u64, record: &RunRecord) -> FailureView {
    let tables = Tables::from(record);
    let of_this = |recorded: &&RecordedAnswer| {
        recorded.endpoint == row.endpoint && normalised(&recorded.error) == row.error
    };
    let answers: Vec<&FailedAnswer> = (record.failed_answers.iter().filter(of_this))
        .map(|recorded| &recorded.answer)
        .collect();
    let samples: Vec<SampleView> = (answers.iter().enumerate())
        .map(|(index, answer)| sample(answer, answers.first().filter(|_| index > 0)))
        .collect();
    FailureView {
        occurrences: format_count(row.occurrences),
        share: percent(share(row.occurrences, all)),
        first: seen(&tables, row.first),
        last: seen(&tables, row.last),
        samples_word: match samples.len() {
            1 => "What came back, once".to_owned(),
            count => format!("What came back, the first {count} times"),
        },
        method: row.endpoint.method,
        name: row.endpoint.name,
        error: row.error,
        samples,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn share(part: u64, all: u64) -> f64 {
    part as f64 / all.max(1) as f64
}

/// One answer; what it has in common with the first of its kind is not repeated.
fn sample(answer: &FailedAnswer, first: Option<&&FailedAnswer>) -> SampleView {
    let headers = answer
        .headers_after
        .map(|time| format!(", headers after {}", format_time(time)));
    let asked_the_same = first.is_some_and(|first| first.request_body == answer.request_body);
    let answered_the_same = first.is_some_and(|first| first.body == answer.body);
    let whole = answer.body.len() as u64 >= answer.bytes;
    SampleView {
        status: answer
            .status
            .map_or_else(|| "no answer".to_owned(), |status| status.to_string()),
        method: answer.method.clone(),
        url: answer.url.clone(),
        timing: format!(
            "ended {} into the run, took {}{}",
            after(answer.at),
            format_time(answer.time),
            headers.unwrap_or_default()
        ),
        request_body: unless(asked_the_same, &answer.request_body),
        headers: answer.headers.clone(),
        body_word: match (answered_the_same, whole) {
            (true, _) if answer.body.is_empty() => String::new(),
            (true, true) => "The same body as the first".to_owned(),
            (true, false) => "A body that begins like the first".to_owned(),
            (false, true) => "Its body".to_owned(),
            (false, false) => format!("Beginning of its body of {}", bytes(answer.bytes as f64)),
        },
        body: unless(answered_the_same, &answer.body),
    }
}

fn unless(left_out: bool, text: &str) -> String {
    if left_out { "" } else { text }.to_owned()
}

pub(super) fn exceptions(record: &RunRecord) -> Vec<ExceptionView> {
    let tables = Tables::from(record);
    (tables.exceptions.iter())
        .map(|row| ExceptionView {
            count: format_count(row.count),
            message: row.message.clone(),
            traceback: row.traceback.clone(),
            first: seen(&tables, row.first),
        })
        .collect()
}

fn seen(tables: &Tables<'_>, at: Offset) -> Seen {
    Seen {
        seconds: format!("{:.3}", at.as_secs_f64()),
        after: after(at),
        clock: utc::time_of_day(tables.unix(at)),
    }
}

/// A moment to the second: `1m23s`.
pub(super) fn after(at: Offset) -> String {
    format_duration(Duration::from_secs(at.elapsed().as_secs()))
}

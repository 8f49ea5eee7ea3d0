//! The limits that a service told of, and requests sent again because of them, in words.
//!
//! Owns the words and the columns of tables: console, report and web page alike. Must not know how
//! limits are told, nor where the words go.

use crate::model::units::{format_count, format_duration};
use crate::model::{Counted, Offset};
use crate::stats::{LowestBudget, RateLimits, Row};

/// What the table is called.
pub const TITLE: &str = "Limits of the service";

/// What a tile says of retries below their number.
pub const SENT_AGAIN: &str = "sent again";

/// The heading of retries.
const RETRIES: &str = "Retries";

/// The table: a heading row, and a row for each endpoint that has anything to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitTable {
    /// The headings of columns of which anything is known.
    pub heads: Vec<&'static str>,
    /// The endpoints by their places in what was given, with a cell for each heading.
    pub rows: Vec<(usize, Vec<Option<String>>)>,
}

impl LimitTable {
    /// The table of these rows, empty where the service told of no limit and nothing was sent again.
    #[must_use]
    pub fn of(rows: &[&Row]) -> Self {
        let columns: Vec<Column> = (Counted::ALL.into_iter().map(Column::Left))
            .chain([Column::Wait, Column::Retries])
            .filter(|column| rows.iter().any(|row| column.cell(row).is_some()))
            .collect();
        let told = |row: &Row| row.rate_limits.is_some() || row.retries > 0;
        LimitTable {
            heads: columns.iter().map(|column| column.head()).collect(),
            rows: (rows.iter().enumerate())
                .filter(|(_, row)| told(row))
                .map(|(index, row)| {
                    (
                        index,
                        columns.iter().map(|column| column.cell(row)).collect(),
                    )
                })
                .collect(),
        }
    }

    /// What its figures are, in sentences.
    #[must_use]
    pub fn about(&self) -> String {
        let limits = "What the service told in the headers of its answers: the least that was left \
                      of each thing it counts, of how many, and how far into the run that was.";
        let retries = "Retries: requests sent again because the scenario asks for it.";
        let is_told =
            |of_retries: bool| (self.heads.iter()).any(|head| (*head == RETRIES) == of_retries);
        let parts = [(is_told(false), limits), (is_told(true), retries)];
        let parts = parts
            .into_iter()
            .filter_map(|(told, text)| told.then_some(text));
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// One column of the table.
#[derive(Clone, Copy)]
enum Column {
    Left(Counted),
    Wait,
    Retries,
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Column::Left(Counted::Requests) => "Requests left",
            Column::Left(Counted::Tokens) => "Tokens left",
            Column::Left(Counted::InputTokens) => "Input tokens left",
            Column::Left(Counted::OutputTokens) => "Output tokens left",
            Column::Wait => "Longest Retry-After",
            Column::Retries => RETRIES,
        }
    }

    fn cell(self, row: &Row) -> Option<String> {
        let told = row.rate_limits.as_ref();
        match self {
            Column::Left(of) => {
                let lowest = told?.lowest.iter().find(|lowest| lowest.of == of)?;
                Some(format!("{} at {}", left(lowest), moment(lowest.at)))
            }
            Column::Wait => told?.longest_retry_after.map(format_duration),
            Column::Retries => (row.retries > 0).then(|| format_count(row.retries)),
        }
    }
}

/// `lowest remaining budget: 12 of 500 requests at 00:41; 1 200 tokens at 00:43; longest
/// Retry-After 20s`, as far as it was told.
#[must_use]
pub fn sentence(limits: &RateLimits) -> String {
    parts(limits).join("; ")
}

/// The same from the fullest to the shortest, with one thing fewer each time: for lines of some width.
#[must_use]
pub fn sentences(limits: &RateLimits) -> Vec<String> {
    let parts = parts(limits);
    let counts = (1..=parts.len()).rev();
    counts.map(|count| parts[..count].join("; ")).collect()
}

fn parts(limits: &RateLimits) -> Vec<String> {
    let mut parts: Vec<String> = (limits.lowest.iter())
        .map(|lowest| {
            let left = left(lowest);
            format!("{left} {} at {}", lowest.of.words(), moment(lowest.at))
        })
        .collect();
    if let Some(first) = parts.first_mut() {
        *first = format!("lowest remaining budget: {first}");
    }
    let wait = limits.longest_retry_after;
    parts.extend(wait.map(|wait| format!("longest Retry-After {}", format_duration(wait))));
    parts
}

/// `12 of 500`, or `12` where the limit was not told.
fn left(lowest: &LowestBudget) -> String {
    let left = format_count(lowest.remaining);
    match lowest.limit {
        Some(limit) => format!("{left} of {}", format_count(limit)),
        None => left,
    }
}

/// A moment of the run to the second: `00:41`, `1:02:03`.
fn moment(at: Offset) -> String {
    let seconds = at.elapsed().as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let seconds = seconds % 60;
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_was_told_is_said() {
        let lowest = |of, remaining, limit, at| LowestBudget {
            of,
            remaining,
            at: Offset::from_secs(at),
            limit,
        };
        let requests = lowest(Counted::Requests, 12, Some(500), 41);
        let tokens = lowest(Counted::InputTokens, 1200, None, 3723);
        let wait = Some(Duration::from_secs(20));
        for (lowest, longest_retry_after, expected) in [
            (
                vec![requests, tokens],
                wait,
                "lowest remaining budget: 12 of 500 requests at 00:41; \
                 1 200 input tokens at 1:02:03; longest Retry-After 20s",
            ),
            (vec![], wait, "longest Retry-After 20s"),
        ] {
            let limits = RateLimits {
                lowest,
                longest_retry_after,
            };
            assert_eq!(sentence(&limits), expected);
            let shorter = sentences(&limits);
            assert_eq!(shorter.len(), expected.split("; ").count());
            assert!(shorter.iter().all(|text| expected.starts_with(text)));
        }
    }
}

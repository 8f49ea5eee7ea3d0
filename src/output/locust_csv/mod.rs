//! Locust's four CSV files, column for column.
//!
//! Owns their columns and spellings; `syntax` owns the quoting. Must not know files: it takes
//! figures and gives text.

pub mod exceptions;
pub mod failures;
pub mod history;
pub mod stats;
pub mod syntax;

use crate::stats::Row;

use super::figures::{Number, measured, median, ms, whole_ms};

/// The labels of the percentile columns.
pub const PERCENTILE_LABELS: [&str; 11] = [
    "50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%",
];

/// What a percentile column holds where there was no request.
const NOT_AVAILABLE: &str = "N/A";

/// Mean response time: a `float`, `0.0` without requests.
fn average(row: &Row) -> String {
    Number::Float(row.average.map_or(0.0, ms)).to_string()
}

/// Mean body size: a `float`, but the `int` `0` without requests.
fn average_bytes(row: &Row) -> String {
    row.average_bytes
        .map_or(Number::Int(0), Number::Float)
        .to_string()
}

/// The columns median, average, min, max and size, in the order of both files that have them.
fn times_and_size(row: &Row) -> [String; 5] {
    [
        median(row).to_string(),
        average(row),
        measured(row.min).to_string(),
        measured(row.max).to_string(),
        average_bytes(row),
    ]
}

/// Eleven columns of whole milliseconds; `missing` in each where there are none.
fn percentiles(values: crate::stats::Percentiles, missing: &str) -> [String; 11] {
    match values {
        Some(values) => values.map(|value| whole_ms(value).to_string()),
        None => std::array::from_fn(|_| missing.to_owned()),
    }
}

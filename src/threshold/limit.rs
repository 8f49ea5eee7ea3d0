//! The right-hand side of a threshold: a number with the unit its metric wants.
//!
//! Owns which spellings of a limit are taken and the remedy for those that are not. Must not
//! know comparisons.

use super::metric::{Metric, Unit};
use super::parse::ParseError;
use crate::model::units::{parse_duration, parse_rate};

/// The largest whole number a limit can hold exactly.
const LARGEST_COUNT: f64 = 9_007_199_254_740_992.0;

/// Reads the limit of this metric into its base unit. `text` is trimmed and in small letters.
pub(super) fn parse_limit(metric: &Metric, text: &str) -> Result<f64, ParseError> {
    if text.starts_with('-') {
        let least = metric.show_limit(0.0);
        return Err(refused(metric, text, format!("{least} or more")));
    }
    match metric.unit() {
        Unit::Time => time(metric, text),
        Unit::Share => share(metric, text),
        Unit::Rate => parse_rate(text)
            .ok()
            .filter(|rate| rate.is_finite())
            .ok_or_else(|| refused(metric, text, "a rate, like 20/s or 20".to_owned())),
        Unit::Amount => {
            decimal(text).ok_or_else(|| refused(metric, text, "a number, like 5 or 2.5".to_owned()))
        }
        Unit::Count => decimal(text)
            .filter(|count| count.fract() == 0.0 && *count <= LARGEST_COUNT)
            .ok_or_else(|| refused(metric, text, "a whole number, like 100".to_owned())),
    }
}

fn time(metric: &Metric, text: &str) -> Result<f64, ParseError> {
    if decimal(text).is_some() {
        return Err(refused(metric, text, bare_time_remedy(text)));
    }
    joined(text)
        .and_then(|joined| parse_duration(&joined).ok())
        .map(|limit| limit.as_secs_f64())
        .ok_or_else(|| {
            let write = "a time with its unit, like 500ms, 2s or 1m";
            refused(metric, text, write.to_owned())
        })
}

/// The text without its spaces; none when one of them parts two numbers: `1 0s` is not `10s`.
fn joined(text: &str) -> Option<String> {
    let mut joined = String::with_capacity(text.len());
    for part in text.split_whitespace() {
        let is_numeric = |c: char| c.is_ascii_digit() || c == '.';
        if joined.ends_with(is_numeric) && part.starts_with(is_numeric) {
            return None;
        }
        joined.push_str(part);
    }
    Some(joined)
}

/// A bare number is milliseconds to some and seconds to others, so neither is guessed.
fn bare_time_remedy(number: &str) -> String {
    format!("the unit: {number}ms or {number}s")
}

fn share(metric: &Metric, text: &str) -> Result<f64, ParseError> {
    if let Some(percent) = text.strip_suffix('%') {
        let percent = percent.trim_end();
        // Read with the point moved, so that 7% is exactly 0.07.
        return decimal(percent)
            .and_then(|_| format!("{percent}e-2").parse().ok())
            .filter(|share: &f64| *share <= 1.0)
            .ok_or_else(|| refused(metric, text, "0% to 100%".to_owned()));
    }
    match decimal(text) {
        Some(share) if share < 1.0 => Ok(share),
        Some(number) if number <= 100.0 => {
            Err(refused(metric, text, format!("{number}% for percent")))
        }
        _ => Err(refused(metric, text, "a share, like 1% or 0.01".to_owned())),
    }
}

/// A number of digits and at most one point.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value: f64 = plain.then(|| text.parse().ok()).flatten()?;
    value.is_finite().then_some(value)
}

fn refused(metric: &Metric, found: &str, write: String) -> ParseError {
    ParseError::Limit {
        metric: metric.to_string(),
        found: found.to_owned(),
        write,
    }
}

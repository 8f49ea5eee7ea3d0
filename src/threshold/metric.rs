//! The figures a threshold can be set on: their names, and their values as people read them.
//!
//! Owns the canonical spelling of each. Must not know statistics or how a figure is computed.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::units::{format_count, format_time};
use crate::stats::Measure;
use crate::stats::measure::Unit as MeasureUnit;

use super::answers::AnswerMetric;
use super::statistic::Statistic;

/// A figure a threshold can be set on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// A response-time percentile, as a share in (0, 1].
    Percentile(f64),
    /// Average response time.
    Average,
    /// Shortest response time.
    Min,
    /// Longest response time.
    Max,
    /// Failures by requests, 0 to 1.
    ErrorRate,
    /// Requests per second.
    Rps,
    /// Number of requests.
    Requests,
    /// Number of failures.
    Failures,
    /// Number of answers of status 429.
    RateLimited,
    /// Number of requests sent because the one before them was to be retried.
    Retries,
    /// Something measured beside the response time.
    Measured {
        /// What.
        measure: Measure,
        /// Which figure of its values.
        statistic: Statistic,
    },
    /// A figure of declared answers.
    Answers(AnswerMetric),
}

/// What a metric's values are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds; written with a unit, `2s`.
    Time,
    /// A share from 0 to 1; written `1%` or `0.01`.
    Share,
    /// Events per second; written `20` or `20/s`.
    Rate,
    /// A whole number.
    Count,
    /// A number, as the average of counts is.
    Amount,
}

impl Metric {
    /// What its values are counted in.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self {
            Metric::Percentile(_) | Metric::Average | Metric::Min | Metric::Max => Unit::Time,
            Metric::ErrorRate => Unit::Share,
            Metric::Rps => Unit::Rate,
            Metric::Requests | Metric::Failures | Metric::RateLimited | Metric::Retries => {
                Unit::Count
            }
            Metric::Measured { measure, .. } => match measure.unit() {
                MeasureUnit::Time => Unit::Time,
                MeasureUnit::Count => Unit::Amount,
                MeasureUnit::Rate => Unit::Rate,
            },
            Metric::Answers(metric) => metric.unit(),
        }
    }

    /// An observed value rounded for reading, in the unit of the metric: `1.23s`, `0.4%`,
    /// `19.6/s`, `1 234`; `n/a` for one that is not a finite number at or above zero.
    #[must_use]
    pub fn show_observed(&self, observed: f64) -> String {
        if !observed.is_finite() || observed < 0.0 {
            return "n/a".to_owned();
        }
        match self.unit() {
            Unit::Time => format_time(Duration::try_from_secs_f64(observed).unwrap_or_default()),
            Unit::Share => rounded_percent(observed),
            Unit::Rate => format!("{observed:.1}/s"),
            Unit::Count => format_count(whole_count(observed)),
            Unit::Amount if observed < 100.0 => format!("{observed:.1}"),
            Unit::Amount => format_count(whole_count(observed)),
        }
    }

    /// A limit exactly, in the unit of the metric, such that it reads back: `2s`, `150ms`, `1%`,
    /// `20/s`, `1000`.
    #[must_use]
    pub fn show_limit(&self, limit: f64) -> String {
        match self.unit() {
            Unit::Time if limit > 0.0 && limit < 1.0 => format!("{}ms", shift(limit, 3)),
            Unit::Time => format!("{limit}s"),
            Unit::Share => format!("{}%", shift(limit, 2)),
            Unit::Rate => format!("{limit}/s"),
            Unit::Count | Unit::Amount => format!("{limit}"),
        }
    }
}

impl fmt::Display for Metric {
    /// The canonical name: `p95`, `p99.9`, `error_rate`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Metric::Percentile(share) => write!(f, "p{}", shift(*share, 2)),
            Metric::Average => f.write_str("avg"),
            Metric::Min => f.write_str("min"),
            Metric::Max => f.write_str("max"),
            Metric::ErrorRate => f.write_str("error_rate"),
            Metric::Rps => f.write_str("rps"),
            Metric::Requests => f.write_str("requests"),
            Metric::Failures => f.write_str("failures"),
            Metric::RateLimited => f.write_str("rate_limited"),
            Metric::Retries => f.write_str("retries"),
            Metric::Measured { measure, statistic } => write!(f, "{measure}_{statistic}"),
            Metric::Answers(metric) => f.write_str(metric.name()),
        }
    }
}

/// The value with its decimal point moved to the right, which multiplying would not do exactly:
/// 0.07 · 100 is 7.000000000000001.
pub(super) fn shift(value: f64, places: i32) -> f64 {
    let text = format!("{value:e}");
    let moved = text.split_once('e').and_then(|(digits, exponent)| {
        let exponent: i32 = exponent.parse().ok()?;
        format!("{digits}e{}", exponent + places).parse().ok()
    });
    moved.unwrap_or(value)
}

/// Two decimals at most, and never zero for what is not.
fn rounded_percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "0" && share > 0.0 {
        "<0.01%".to_owned()
    } else {
        format!("{text}%")
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count kept as a float; the cast saturates"
)]
fn whole_count(count: f64) -> u64 {
    count.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observed_values_are_rounded_in_the_unit_of_the_metric() {
        let cases = [
            (Metric::Percentile(0.95), 1.2345, "1.23s"),
            (Metric::Average, 0.0032, "3.2ms"),
            (Metric::ErrorRate, 0.004, "0.4%"),
            (Metric::ErrorRate, 0.0, "0%"),
            (Metric::ErrorRate, 1.0, "100%"),
            (Metric::ErrorRate, 0.000_01, "<0.01%"),
            (Metric::Rps, 19.64, "19.6/s"),
            (Metric::Requests, 12_345.0, "12 345"),
            (Metric::Max, f64::NAN, "n/a"),
            (Metric::Failures, -1.0, "n/a"),
        ];
        for (metric, observed, expected) in cases {
            assert_eq!(metric.show_observed(observed), expected);
        }
    }

    #[test]
    fn limits_are_printed_exactly() {
        let cases = [
            (Metric::Percentile(0.95), 2.0, "2s"),
            (Metric::Min, 0.07, "70ms"),
            (Metric::Max, 90.0, "90s"),
            (Metric::Average, 0.0, "0s"),
            (Metric::ErrorRate, 0.07, "7%"),
            (Metric::ErrorRate, 0.001, "0.1%"),
            (Metric::Rps, 0.5, "0.5/s"),
            (Metric::RateLimited, 0.0, "0"),
        ];
        for (metric, limit, expected) in cases {
            assert_eq!(metric.show_limit(limit), expected);
        }
    }

    #[test]
    fn percentiles_are_named_as_they_are_written() {
        let names =
            [0.5, 0.95, 0.999, 0.07, 1.0].map(|share| Metric::Percentile(share).to_string());
        assert_eq!(names, ["p50", "p95", "p99.9", "p7", "p100"]);
    }
}

//! Reading `METRIC OP VALUE`: `p95 < 2s`, `error_rate <= 1%`, `rps > 20/s`.
//!
//! Owns the grammar and its errors, each with what was found and what would be right. Must not
//! know where an expression stands or what it is judged over.

use std::fmt;

use super::answers::AnswerMetric;
use super::comparison::Comparison;
use super::limit::parse_limit;
use super::metric::Metric;
use super::statistic::{measure, measured, percentile};

/// A parsed condition. Prints in its canonical form, which reads back as the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// The figure.
    pub metric: Metric,
    /// How it must compare.
    pub comparison: Comparison,
    /// The limit in the metric's base unit: seconds, a share, a count, or per second; finite and
    /// at or above zero.
    pub limit: f64,
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.metric.show_limit(self.limit);
        write!(f, "{} {} {limit}", self.metric, self.comparison)
    }
}

/// A text that is not a threshold. Prints as a fragment with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A part is missing.
    #[error("{found:?} has no {missing} (write a metric, a comparison and a limit: p95 < 2s)")]
    Missing {
        /// The whole expression.
        found: String,
        /// The part: `metric`, `comparison` or `limit`.
        missing: &'static str,
    },
    /// No metric of this name.
    #[error("unknown metric {found:?} (did you mean {nearest}? there are {METRICS})")]
    UnknownMetric {
        /// The name as written.
        found: String,
        /// The known name closest to it.
        nearest: &'static str,
    },
    /// A percentile outside of what there is.
    #[error("{found:?} is no percentile (write p50, p95 or p99.9: above 0, at most 100)")]
    Percentile {
        /// The name as written.
        found: String,
    },
    /// Something of which there are many values.
    #[error(
        "{found:?} has many values (write {found}_p95, {found}_avg, {found}_min or {found}_max)"
    )]
    Statistic {
        /// The name as written.
        found: String,
    },
    /// No comparison of this sign.
    #[error("{found:?} is no comparison (write {write})")]
    Comparison {
        /// The sign as written.
        found: String,
        /// What would be right.
        write: &'static str,
    },
    /// A limit the metric cannot have.
    #[error("{found:?} is no limit for {metric} (write {write})")]
    Limit {
        /// The metric's name.
        metric: String,
        /// The limit as written.
        found: String,
        /// What would be right.
        write: String,
    },
}

const METRICS: &str = "p50 … p99.9, avg, min, max, error_rate, rps, requests, failures, \
    rate_limited, retries, ttft_p95, tpot_avg, goodput, degraded and others of answers";

/// Every name but those of percentiles, the canonical ones first.
const NAMES: [(&str, Metric); 16] = [
    ("avg", Metric::Average),
    ("min", Metric::Min),
    ("max", Metric::Max),
    ("error_rate", Metric::ErrorRate),
    ("rps", Metric::Rps),
    ("requests", Metric::Requests),
    ("failures", Metric::Failures),
    ("rate_limited", Metric::RateLimited),
    ("retries", Metric::Retries),
    ("median", Metric::Percentile(0.5)),
    ("med", Metric::Percentile(0.5)),
    ("average", Metric::Average),
    ("mean", Metric::Average),
    ("fail_ratio", Metric::ErrorRate),
    ("requests_per_second", Metric::Rps),
    ("req/s", Metric::Rps),
];

/// What else is offered when a name is not known.
const COMMON: [&str; 9] = [
    "p50", "p90", "p95", "p99", "p99.9", "ttft_p50", "ttft_p95", "tpot_p50", "tpot_p95",
];

/// Reads a threshold. Spaces and case do not matter.
///
/// # Errors
/// [`ParseError`] for the first part, from the left, that is not right.
pub fn parse(expression: &str) -> Result<Expression, ParseError> {
    let (metric, sign, limit) = split(expression)?;
    let metric = parse_metric(metric)?;
    let comparison = parse_comparison(sign)?;
    if limit.is_empty() {
        return Err(missing(expression, "limit"));
    }
    let limit = parse_limit(&metric, &limit.to_lowercase())?;
    Ok(Expression {
        metric,
        comparison,
        limit,
    })
}

fn missing(expression: &str, missing: &'static str) -> ParseError {
    ParseError::Missing {
        found: expression.to_owned(),
        missing,
    }
}

/// The three parts, trimmed; the limit may be empty.
fn split(expression: &str) -> Result<(&str, &str, &str), ParseError> {
    let is_sign = |c: char| "<>=!≤≥≠".contains(c);
    let Some(start) = expression.find(is_sign) else {
        let part = if expression.trim().is_empty() {
            "metric"
        } else {
            "comparison"
        };
        return Err(missing(expression, part));
    };
    let (metric, rest) = expression.split_at(start);
    let end = rest.find(|c| !is_sign(c)).unwrap_or(rest.len());
    let (sign, limit) = rest.split_at(end);
    if metric.trim().is_empty() {
        return Err(missing(expression, "metric"));
    }
    Ok((metric.trim(), sign, limit.trim()))
}

fn parse_comparison(sign: &str) -> Result<Comparison, ParseError> {
    Comparison::from_sign(sign).ok_or_else(|| ParseError::Comparison {
        found: sign.to_owned(),
        write: match sign {
            "=" | "===" => "==",
            "=<" | "≤" => "<=",
            "=>" | "≥" => ">=",
            "!" | "<>" | "≠" | "!==" => "!=",
            _ => "one of < <= > >= == !=",
        },
    })
}

fn parse_metric(written: &str) -> Result<Metric, ParseError> {
    let name = written.to_lowercase();
    if let Some((_, metric)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(metric.clone());
    }
    let of_answers = AnswerMetric::NAMES.iter().find(|(known, _)| *known == name);
    if let Some((_, metric)) = of_answers {
        return Ok(Metric::Answers(*metric));
    }
    let found = written.to_owned();
    if let Some(percent) = name.strip_prefix('p').filter(|rest| is_number(rest)) {
        let share = percentile(percent).map(Metric::Percentile);
        return share.ok_or(ParseError::Percentile { found });
    }
    if let Some(metric) = measured(written) {
        return Ok(metric);
    }
    if measure(written).is_some() {
        return Err(ParseError::Statistic { found });
    }
    let nearest = nearest_name(&name);
    Err(ParseError::UnknownMetric { found, nearest })
}

/// Whether it is made of digits and points (perhaps too many), or a negative number.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn nearest_name(name: &str) -> &'static str {
    let of_answers = AnswerMetric::NAMES.iter().map(|(known, _)| *known);
    let known = NAMES.iter().map(|(known, _)| *known).chain(of_answers);
    // `error` is the beginning of `error_rate`, and by letters as near to others.
    if let Some(begun) = known
        .clone()
        .find(|known| name.len() > 2 && known.starts_with(name))
    {
        return begun;
    }
    known
        .chain(COMMON)
        .min_by_key(|known| strsim::damerau_levenshtein(known, name))
        .unwrap_or("p95")
}

#[cfg(test)]
mod tests;

//! Stands in for `threshold::parse` until it is there; used in one place and then removed.

use crate::model::units::{parse_duration, parse_rate};
use crate::threshold::{Comparison, Metric};

const COMPARISONS: &[(&str, Comparison)] = &[
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Reads `p95 < 2s`.
pub(super) fn parse(text: &str) -> Result<(Metric, Comparison, f64), String> {
    let bad = || format!("{text:?} is not a threshold (write p95 < 2s or error_rate < 1%)");
    let split = |(sign, comparison): &(&str, Comparison)| {
        let (left, right) = text.split_once(sign)?;
        Some((left.trim(), *comparison, right.trim()))
    };
    let (name, comparison, value) = COMPARISONS.iter().find_map(split).ok_or_else(bad)?;
    let metric = metric(name).ok_or_else(bad)?;
    let limit = limit(metric, value).ok_or_else(bad)?;
    Ok((metric, comparison, limit))
}

fn metric(name: &str) -> Option<Metric> {
    Some(match name {
        "avg" => Metric::Average,
        "median" => Metric::Percentile(0.5),
        "min" => Metric::Min,
        "max" => Metric::Max,
        "error_rate" => Metric::ErrorRate,
        "rps" => Metric::Rps,
        "requests" => Metric::Requests,
        "failures" => Metric::Failures,
        "rate_limited" => Metric::RateLimited,
        _ => {
            let percent: f64 = name.strip_prefix('p')?.parse().ok()?;
            (percent > 0.0 && percent <= 100.0).then_some(Metric::Percentile(percent / 100.0))?
        }
    })
}

fn limit(metric: Metric, value: &str) -> Option<f64> {
    match metric {
        Metric::Percentile(_) | Metric::Average | Metric::Min | Metric::Max => {
            parse_duration(value).ok().map(|limit| limit.as_secs_f64())
        }
        Metric::ErrorRate => match value.strip_suffix('%') {
            Some(percent) => percent
                .trim()
                .parse::<f64>()
                .ok()
                .map(|percent| percent / 100.0),
            None => value.parse().ok(),
        },
        Metric::Rps => parse_rate(value).ok(),
        Metric::Requests | Metric::Failures | Metric::RateLimited => value.parse().ok(),
    }
}

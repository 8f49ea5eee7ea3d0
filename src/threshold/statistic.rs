//! What can be said of many values: a percentile, the average, the extremes.
//!
//! Owns the endings of names: `ttft_p95`. Must not know what the values are.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::stats::{Measure, Series};

use super::metric::{Metric, shift};

/// One figure of many values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// A percentile, as a share in (0, 1].
    Percentile(f64),
    /// The mean.
    Average,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// Other names of measures.
const ALIASES: [(&str, Measure); 8] = [
    ("first_byte", Measure::FirstByte),
    ("first_event", Measure::FirstEvent),
    ("sources", Measure::Sources),
    ("time_to_first_token", Measure::Ttft),
    ("gap", Measure::Gap),
    ("stall", Measure::Stall),
    ("tokens_per_second", Measure::TokenRate),
    ("sources_count", Measure::SourceCount),
];

impl Statistic {
    /// The statistic of this name, as it stands behind a measure's: `p95`, `avg`.
    pub(super) fn named(name: &str) -> Option<Statistic> {
        Some(match name {
            "avg" | "average" | "mean" => Statistic::Average,
            "min" => Statistic::Min,
            "max" => Statistic::Max,
            "median" | "med" => Statistic::Percentile(0.5),
            _ => Statistic::Percentile(percentile(name.strip_prefix('p')?)?),
        })
    }

    /// It, of these values, in their own unit; none without values.
    #[expect(
        clippy::cast_precision_loss,
        reason = "times are below 2^53 microseconds, counts far below"
    )]
    pub(super) fn of(self, series: &Series) -> Option<f64> {
        let whole = |value: Option<u64>| value.map(|value| value as f64);
        match self {
            Statistic::Percentile(share) => whole(series.quantile(share)),
            Statistic::Average => series.average(),
            Statistic::Min => whole(series.min),
            Statistic::Max => whole(series.max),
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Statistic::Percentile(share) => write!(f, "p{}", shift(*share, 2)),
            Statistic::Average => f.write_str("avg"),
            Statistic::Min => f.write_str("min"),
            Statistic::Max => f.write_str("max"),
        }
    }
}

/// The percentile of this number of percent, with the point moved so that `99.9` is exactly the
/// number 0.999.
pub(super) fn percentile(percent: &str) -> Option<f64> {
    let plain = percent.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let share: f64 = plain.then(|| format!("{percent}e-2").parse().ok())??;
    (share > 0.0 && share <= 1.0).then_some(share)
}

/// The measure of this name or of another one it has. The names of stages keep their case.
pub(super) fn measure(written: &str) -> Option<Measure> {
    let name = written.to_lowercase();
    if name.starts_with("stage:") {
        return Measure::named(&format!("stage:{}", &written["stage:".len()..]));
    }
    let alias = ALIASES.iter().find(|(known, _)| *known == name);
    Measure::named(&name).or_else(|| alias.map(|(_, measure)| measure.clone()))
}

/// `ttft_p95`, `stage:rerank_avg`.
pub(super) fn measured(written: &str) -> Option<Metric> {
    let (name, ending) = written.rsplit_once('_')?;
    Some(Metric::Measured {
        statistic: Statistic::named(&ending.to_lowercase())?,
        measure: measure(name)?,
    })
}

//! Thresholds: what a run must meet to pass, parsed from `p95 < 2s` and judged over figures.
//!
//! Pure. Must not know YAML, the engine or how a verdict is shown.

mod limit;

pub mod answers;
pub mod comparison;
pub mod judge;
pub mod metric;
pub mod parse;
pub mod statistic;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::EndpointId;

pub use answers::AnswerMetric;
pub use comparison::Comparison;
pub use judge::{Evidence, Judgement, Standing, judge};
pub use metric::{Metric, Unit};
pub use parse::{Expression, ParseError, parse};
pub use statistic::Statistic;

/// How much a broken threshold weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The run fails.
    #[default]
    Fail,
    /// The run passes with a warning.
    Warn,
}

/// One condition on the figures of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The expression as written: `p95 < 2s`.
    pub expression: String,
    /// The figure.
    pub metric: Metric,
    /// How it must compare.
    pub comparison: Comparison,
    /// The limit in the metric's base unit: seconds, a share, a count, or per second.
    pub limit: f64,
    /// The endpoints it looks at, merged; empty: all (Aggregated). With the text as written.
    pub on: Vec<EndpointId>,
    /// The endpoint as written (`POST /query`); none for Aggregated.
    pub on_text: Option<String>,
    /// Judged over the last so long only; none: over the whole run so far.
    pub over: Option<Duration>,
    /// Not judged before so much of the run has passed.
    pub after: Duration,
    /// Not judged on fewer requests than this.
    pub min_requests: u64,
    /// Whether breaking it ends the run.
    pub abort: bool,
    /// What breaking it means.
    pub level: Level,
}

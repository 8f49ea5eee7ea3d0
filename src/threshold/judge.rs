//! Judging thresholds over what was measured.
//!
//! Owns the rule that no data is never a pass. Must not know when it is asked or what follows.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::units::format_duration;
use crate::model::{Offset, seconds};
use crate::stats::{Entry, Totals, Window};

use super::{Level, Metric, Threshold};

/// How one threshold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Met.
    Passed,
    /// Broken.
    Failed,
    /// No figure to judge; at the end of a run this fails.
    NoData,
    /// Not judged yet: the run is younger than `after`.
    Pending,
}

/// One threshold with the figure it was judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The expression as written: `p95 < 2s`.
    pub expression: String,
    /// The endpoint as written; none for all.
    pub on: Option<String>,
    /// The window; none for the whole run.
    #[serde(with = "seconds")]
    pub over: Option<Duration>,
    /// The figure.
    pub metric: Metric,
    /// What it was, in the metric's base unit; none without data.
    pub observed: Option<f64>,
    /// The limit, in the same unit.
    pub limit: f64,
    /// How it stands.
    pub standing: Standing,
    /// What breaking it means.
    pub level: Level,
    /// Whether breaking it ends the run.
    pub abort: bool,
}

impl Judgement {
    /// The expression with where and over what it is judged: `p95 < 2s on POST /query over 30s`.
    #[must_use]
    pub fn condition(&self) -> String {
        condition(&self.expression, self.on.as_deref(), self.over)
    }

    /// What was observed, in the unit of the metric; so exact that a broken threshold shows it.
    #[must_use]
    pub fn shown_observed(&self) -> String {
        let Some(observed) = self.observed else {
            return "no data".to_owned();
        };
        // Rounded for reading, 2.001 s would stand broken beside a limit of 2 s.
        let close = (observed - self.limit).abs() < self.limit.abs() * 0.01;
        if close && self.standing == Standing::Failed {
            self.metric.show_limit((observed * 1e6).round() / 1e6)
        } else {
            self.metric.show_observed(observed)
        }
    }

    /// The limit, in the unit of the metric.
    #[must_use]
    pub fn shown_limit(&self) -> String {
        self.metric.show_limit(self.limit)
    }

    /// Whether the run fails by it: broken, or without data, and not just a warning.
    #[must_use]
    pub fn fails_run(&self) -> bool {
        self.level == Level::Fail && matches!(self.standing, Standing::Failed | Standing::NoData)
    }
}

/// What thresholds are judged over.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Time since the start of the run; the moment users were told to end once they were.
    pub elapsed: Offset,
    /// Everything counted.
    pub totals: &'a Totals,
    /// The last seconds.
    pub window: &'a Window,
}

/// Judges one threshold as things stand.
#[must_use]
pub fn judge(threshold: &Threshold, evidence: &Evidence<'_>) -> Judgement {
    let (entry, stretch) = match threshold.over {
        Some(span) => {
            let (delta, covered) = evidence.window.last(span);
            (delta.sum(&threshold.on), covered)
        }
        // Not Locust's stretch, which ends with the last request: a service that stopped answering
        // half-way must not have the rate of its better half.
        None => (
            evidence.totals.sum(&threshold.on),
            evidence.elapsed.since(evidence.totals.since()),
        ),
    };
    let observed = observe(&threshold.metric, &entry, stretch)
        .filter(|_| entry.requests >= threshold.min_requests.max(1));
    Judgement {
        expression: threshold.expression.clone(),
        on: threshold.on_text.clone(),
        over: threshold.over,
        metric: threshold.metric.clone(),
        observed,
        limit: threshold.limit,
        standing: standing(threshold, evidence.elapsed, observed),
        level: threshold.level,
        abort: threshold.abort,
    }
}

fn standing(threshold: &Threshold, elapsed: Offset, observed: Option<f64>) -> Standing {
    match observed {
        _ if elapsed.elapsed() < threshold.after => Standing::Pending,
        None => Standing::NoData,
        Some(value) if threshold.comparison.holds(value, threshold.limit) => Standing::Passed,
        Some(_) => Standing::Failed,
    }
}

/// The figure in its base unit: seconds, a share, a count, or per second.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of requests stay far below 2^53"
)]
fn observe(metric: &Metric, entry: &Entry, stretch: Duration) -> Option<f64> {
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    match metric {
        Metric::Percentile(share) => seconds(entry.quantile(*share)),
        Metric::Average => seconds(entry.average()),
        Metric::Min => seconds(entry.min),
        Metric::Max => seconds(entry.max),
        Metric::ErrorRate => entry.fail_ratio(),
        Metric::Rps if stretch.is_zero() => None,
        Metric::Rps => Some(entry.requests as f64 / stretch.as_secs_f64()),
        Metric::Requests => Some(entry.requests as f64),
        Metric::Failures => Some(entry.failures as f64),
        Metric::RateLimited => Some(entry.rate_limited as f64),
        Metric::Retries => Some(entry.retries as f64),
        Metric::Measured { measure, statistic } => {
            let value = statistic.of(entry.measures.get(measure)?)?;
            Some(value / measure.unit().scale())
        }
        Metric::Answers(metric) => metric.observe(entry, stretch),
    }
}

/// An expression with where and over what it is judged.
fn condition(expression: &str, on: Option<&str>, over: Option<Duration>) -> String {
    let on = on.map_or_else(String::new, |on| format!(" on {on}"));
    let over = over.map_or_else(String::new, |over| {
        format!(" over {}", format_duration(over))
    });
    format!("{expression}{on}{over}")
}

impl Threshold {
    /// What is asked, as a judgement of it says it: `error_rate > 50% over 20s`.
    #[must_use]
    pub fn condition(&self) -> String {
        condition(&self.expression, self.on_text.as_deref(), self.over)
    }
}

impl fmt::Display for Judgement {
    /// The condition with what was observed: `p95 < 2s on POST /query: observed 3.4s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let condition = self.condition();
        match self.observed {
            Some(_) => write!(f, "{condition}: observed {}", self.shown_observed()),
            None => write!(f, "{condition}: no data"),
        }
    }
}

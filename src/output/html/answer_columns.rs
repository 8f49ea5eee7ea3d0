//! What declared answers were in each stretch, in columns for the page's script.
//!
//! Must not know how it is drawn.

use serde::Serialize;

use crate::stats::{AnswerPoint, Point, Spread};

use super::columns::known;
use super::data::{spread, times};

/// Columns of declared answers; one that never had a value is none.
#[derive(Serialize)]
pub(super) struct AnswerColumns {
    /// p50, p95 and p99 of the time to the first text, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttft: Option<[String; 3]>,
    /// The same of the time per output token.
    #[serde(skip_serializing_if = "Option::is_none")]
    tpot: Option<[String; 3]>,
    /// Output tokens per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<String>,
    /// Requests that met their objectives, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    good: Option<String>,
    /// Degraded answers, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<String>,
    /// Sources of an answer, their mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<String>,
    /// Recall against labels, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    recall: Option<String>,
}

impl AnswerColumns {
    /// Those of these stretches; none without declared answers.
    pub(super) fn of(points: &[Point]) -> Option<Self> {
        if points.iter().all(|point| point.answers.is_none()) {
            return None;
        }
        let column = |value: fn(&AnswerPoint) -> Option<f64>| {
            let values = || {
                points
                    .iter()
                    .map(|point| point.answers.as_ref().and_then(value))
            };
            let any = values().flatten().any(|value| value > 0.0);
            any.then(|| known(values()))
        };
        let spreads = |of: fn(&AnswerPoint) -> Option<Spread>| {
            let of = |point: &Point| point.answers.as_ref().and_then(of);
            let any = points.iter().any(|point| of(point).is_some());
            any.then(|| times(points, |point| spread(of(point))))
        };
        Some(AnswerColumns {
            ttft: spreads(|answers| answers.ttft),
            tpot: spreads(|answers| answers.tpot),
            tokens: column(|answers| Some(answers.tokens_per_second)),
            good: column(|answers| answers.attainment.map(|share| share * 100.0)),
            degraded: column(|answers| answers.degraded_ratio.map(|share| share * 100.0)),
            sources: column(|answers| answers.sources),
            recall: column(|answers| answers.recall.map(|share| share * 100.0)),
        })
    }
}

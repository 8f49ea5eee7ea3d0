//! What declared answers were in one stretch of the timeline.
//!
//! Must not know how stretches are cut or shown.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::as_f64;
use super::snapshot::per_second;
use super::timeline::{Spread, both};
use super::{Entry, Measure, Series};

/// The declared answers of one stretch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerPoint {
    /// Time to the first text of the answer.
    pub ttft: Option<Spread>,
    /// Time per output token after the first.
    pub tpot: Option<Spread>,
    /// Output tokens of answers that ended in it, per second.
    pub tokens_per_second: f64,
    /// Share of requests that met their objectives; none where none was judged.
    pub attainment: Option<f64>,
    /// Share of answers that count as degraded; none where none ended.
    pub degraded_ratio: Option<f64>,
    /// Mean number of sources.
    pub sources: Option<f64>,
    /// Mean recall against labels.
    pub recall: Option<f64>,
}

impl AnswerPoint {
    /// That of these requests in a stretch of this length; none without declared answers and
    /// objectives.
    #[must_use]
    pub fn of(all: &Entry, stretch: Duration) -> Option<Self> {
        let attainment = all.goodput.attainment();
        if all.answers.is_none() && attainment.is_none() {
            return None;
        }
        let counts = all.answers.as_deref().cloned().unwrap_or_default();
        let spread = |measure| all.measures.get(&measure).and_then(spread);
        let answers = Some(counts.answers).filter(|answers| *answers > 0);
        Some(AnswerPoint {
            ttft: spread(Measure::Ttft),
            tpot: spread(Measure::Tpot),
            tokens_per_second: per_second(all.tokens_of_successes(), stretch),
            attainment,
            degraded_ratio: answers.map(|answers| as_f64(counts.degraded) / as_f64(answers)),
            sources: all
                .measures
                .get(&Measure::SourceCount)
                .and_then(Series::average),
            recall: counts.recall.mean(),
        })
    }

    /// One for two neighbours: rates and shares are averaged, times the worse of the two.
    #[must_use]
    pub(super) fn joined(&self, next: &AnswerPoint) -> AnswerPoint {
        let mean = |a: Option<f64>, b: Option<f64>| both(a, b, f64::midpoint);
        AnswerPoint {
            ttft: both(self.ttft, next.ttft, Spread::worst),
            tpot: both(self.tpot, next.tpot, Spread::worst),
            tokens_per_second: f64::midpoint(self.tokens_per_second, next.tokens_per_second),
            attainment: mean(self.attainment, next.attainment),
            degraded_ratio: mean(self.degraded_ratio, next.degraded_ratio),
            sources: mean(self.sources, next.sources),
            recall: mean(self.recall, next.recall),
        }
    }
}

fn spread(series: &Series) -> Option<Spread> {
    let quantile = |share| series.quantile(share).map(Duration::from_micros);
    Some(Spread {
        p50: quantile(0.5)?,
        p95: quantile(0.95)?,
        p99: quantile(0.99)?,
    })
}

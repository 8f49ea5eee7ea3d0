//! The figures of declared answers a threshold can be set on.
//!
//! Owns their names, units and what each is. Must not know expressions.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::stats::{AnswerCounts, Entry};

use super::metric::Unit;

/// A figure of declared answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerMetric {
    /// Good answers by those judged: the attainment of the objectives.
    Goodput,
    /// Good answers per second.
    GoodputRate,
    /// Answers that count as degraded.
    Degraded,
    /// The same by all answers.
    DegradedRate,
    /// Answers of which a part is missing.
    Truncated,
    /// The same by all answers.
    TruncatedRate,
    /// Answers that tell of a failure within themselves.
    ErrorsWithin,
    /// Whole answers that name no source.
    WithoutSources,
    /// Hits by answers of which it is known.
    CacheHitRate,
    /// Mean recall against labels.
    Recall,
    /// Share of answers with any expected source.
    HitRate,
    /// Mean reciprocal rank.
    Mrr,
    /// Mean agreement of sources with an earlier answer to the same request.
    SourceStability,
    /// Output tokens of all users together per second.
    SystemTokenRate,
}

impl AnswerMetric {
    /// Each with its name.
    pub(super) const NAMES: [(&'static str, AnswerMetric); 14] = [
        ("goodput", AnswerMetric::Goodput),
        ("goodput_per_second", AnswerMetric::GoodputRate),
        ("degraded", AnswerMetric::Degraded),
        ("degraded_rate", AnswerMetric::DegradedRate),
        ("truncated", AnswerMetric::Truncated),
        ("truncated_rate", AnswerMetric::TruncatedRate),
        ("errors_within", AnswerMetric::ErrorsWithin),
        ("without_sources", AnswerMetric::WithoutSources),
        ("cache_hit_rate", AnswerMetric::CacheHitRate),
        ("recall", AnswerMetric::Recall),
        ("retrieval_hit_rate", AnswerMetric::HitRate),
        ("mrr", AnswerMetric::Mrr),
        ("source_stability", AnswerMetric::SourceStability),
        ("system_tokens_per_second", AnswerMetric::SystemTokenRate),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, metric)| *metric == self);
        found.map_or("", |(name, _)| name)
    }

    /// What its values are counted in.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            AnswerMetric::Degraded
            | AnswerMetric::Truncated
            | AnswerMetric::ErrorsWithin
            | AnswerMetric::WithoutSources => Unit::Count,
            AnswerMetric::GoodputRate | AnswerMetric::SystemTokenRate => Unit::Rate,
            AnswerMetric::Goodput
            | AnswerMetric::DegradedRate
            | AnswerMetric::TruncatedRate
            | AnswerMetric::CacheHitRate
            | AnswerMetric::Recall
            | AnswerMetric::HitRate
            | AnswerMetric::Mrr
            | AnswerMetric::SourceStability => Unit::Share,
        }
    }

    /// What it is over these requests, counted over this stretch; none where there is nothing to
    /// tell it from.
    pub(super) fn observe(self, entry: &Entry, stretch: Duration) -> Option<f64> {
        if let AnswerMetric::Goodput = self {
            return entry.goodput.attainment();
        }
        if let AnswerMetric::GoodputRate = self {
            return per_second(entry.goodput.good, stretch).filter(|_| entry.goodput.judged > 0);
        }
        let counts: &AnswerCounts = entry.answers.as_deref()?;
        let by_all = |count: u64| ratio(count, counts.answers);
        match self {
            AnswerMetric::Goodput | AnswerMetric::GoodputRate => None,
            AnswerMetric::Degraded => Some(number(counts.degraded)),
            AnswerMetric::DegradedRate => by_all(counts.degraded),
            AnswerMetric::Truncated => Some(number(counts.truncated)),
            AnswerMetric::TruncatedRate => by_all(counts.truncated),
            AnswerMetric::ErrorsWithin => Some(number(counts.errors_within)),
            AnswerMetric::WithoutSources => Some(number(counts.without_sources)),
            AnswerMetric::CacheHitRate => counts.cache_hit_rate(),
            AnswerMetric::Recall => counts.recall.mean(),
            AnswerMetric::HitRate => counts.hits.mean(),
            AnswerMetric::Mrr => counts.reciprocal_rank.mean(),
            AnswerMetric::SourceStability => counts.stability.mean(),
            AnswerMetric::SystemTokenRate => per_second(entry.tokens_of_successes(), stretch),
        }
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| number(part) / number(whole))
}

fn per_second(count: u64, stretch: Duration) -> Option<f64> {
    (!stretch.is_zero()).then(|| number(count) / stretch.as_secs_f64())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of requests and tokens stay far below 2^53"
)]
fn number(count: u64) -> f64 {
    count as f64
}

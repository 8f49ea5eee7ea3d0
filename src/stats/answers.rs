//! What declared answers were, counted: whole, degraded, cut off, out of a cache, with which
//! sources.
//!
//! Owns the counts and the shares that follow from them. Shares are kept as sums of millionths,
//! so that adding them up in any order gives the same. Must not know how an answer is read.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::as_f64;
use super::snapshot::per_second;
use super::{Entry, Measure};

/// Who counts tokens, the most trusted first: the service in a `usage` object, the service in a
/// counter of its own, nobody (each piece is one), nobody (four characters are one).
pub const TOKEN_SOURCES: [&str; 4] = ["usage", "native", "chunks", "chars÷4"];
/// A share of one.
const WHOLE: f64 = 1e6;

/// The declared answers of one endpoint. A commutative monoid under [`AnswerCounts::merge`]; the
/// default is its zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerCounts {
    /// Answers that ended, failed ones included.
    pub answers: u64,
    /// Those that are whole: accepted status, some content, the mark of their end, no error
    /// within.
    pub complete: u64,
    /// Successes that count as degraded: replies without an answer, answers cut short.
    pub degraded: u64,
    /// Those of which a part is missing.
    pub truncated: u64,
    /// Those that tell of a failure within themselves.
    pub errors_within: u64,
    /// Whole ones that name no source.
    pub without_sources: u64,
    /// Those that are not what was declared, or not what the server calls them.
    pub mismatched: u64,
    /// Comments between events: signs of life.
    pub keep_alives: u64,
    /// Pieces that came with the one before, so that their gap is zero.
    pub bundled: u64,
    /// Successes out of a cache.
    pub cache_hits: u64,
    /// Successes not out of it.
    pub cache_misses: u64,
    /// Answers by who counted their tokens, in the order of [`TOKEN_SOURCES`].
    pub counted_by: [u64; 4],
    /// Tokens of all answers, failed ones included.
    pub output_tokens: u64,
    /// Tokens of their prompts, where the service tells.
    pub prompt_tokens: Option<u64>,
    /// Those among them that came out of the service's cache, where it tells.
    pub cached_tokens: Option<u64>,
    /// Recall against labels.
    pub recall: ShareSum,
    /// Whether any expected source was found.
    pub hits: ShareSum,
    /// One over the rank of the first expected source.
    pub reciprocal_rank: ShareSum,
    /// How much the sources agree with those of the first answer to the same request.
    pub stability: ShareSum,
}

/// Shares, 0 to 1, added up in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareSum {
    count: u64,
    millionths: u64,
}

impl ShareSum {
    /// Adds one share.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share lies between 0 and 1"
    )]
    pub fn add(&mut self, share: f64) {
        self.count += 1;
        self.millionths += (share.clamp(0.0, 1.0) * WHOLE).round() as u64;
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; none without any.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| as_f64(self.millionths) / as_f64(self.count) / WHOLE)
    }

    fn merge(&mut self, other: ShareSum) {
        self.count += other.count;
        self.millionths += other.millionths;
    }
}

impl AnswerCounts {
    /// Adds all that `other` counted.
    pub fn merge(&mut self, other: &AnswerCounts) {
        for (mine, theirs) in [
            (&mut self.answers, other.answers),
            (&mut self.complete, other.complete),
            (&mut self.degraded, other.degraded),
            (&mut self.truncated, other.truncated),
            (&mut self.errors_within, other.errors_within),
            (&mut self.without_sources, other.without_sources),
            (&mut self.mismatched, other.mismatched),
            (&mut self.keep_alives, other.keep_alives),
            (&mut self.bundled, other.bundled),
            (&mut self.cache_hits, other.cache_hits),
            (&mut self.cache_misses, other.cache_misses),
            (&mut self.output_tokens, other.output_tokens),
        ] {
            *mine += theirs;
        }
        for (mine, theirs) in self.counted_by.iter_mut().zip(other.counted_by) {
            *mine += theirs;
        }
        add(&mut self.prompt_tokens, other.prompt_tokens);
        add(&mut self.cached_tokens, other.cached_tokens);
        self.recall.merge(other.recall);
        self.hits.merge(other.hits);
        self.reciprocal_rank.merge(other.reciprocal_rank);
        self.stability.merge(other.stability);
    }

    /// Cache hits by successes of which it is known, 0 to 1.
    #[must_use]
    pub fn cache_hit_rate(&self) -> Option<f64> {
        share(self.cache_hits, self.cache_hits + self.cache_misses)
    }
}

/// Adds a count that is not always known: what is not told is not zero.
pub fn add(sum: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *sum.get_or_insert(0) += more;
    }
}

/// A part by the whole; none of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| as_f64(part) / as_f64(whole))
}

/// The figures of declared answers beside those of their measures. What is not known is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerFigures {
    /// Answers that ended, failed ones included.
    pub answers: u64,
    /// Share of them that are whole.
    pub complete_ratio: f64,
    /// Successes that count as degraded.
    pub degraded: u64,
    /// Answers of which a part is missing.
    pub truncated: u64,
    /// Answers that tell of a failure within themselves.
    pub errors_within: u64,
    /// Whole answers that name no source.
    pub without_sources: u64,
    /// Answers that are not what was declared or announced.
    pub mismatched: u64,
    /// Comments between events.
    pub keep_alives: u64,
    /// Pieces that came with the one before.
    pub bundled: u64,
    /// Successes out of a cache.
    pub cache_hits: u64,
    /// Successes not out of it.
    pub cache_misses: u64,
    /// Hits by those of which it is known.
    pub cache_hit_rate: Option<f64>,
    /// Who counted the tokens of how many answers, the most trusted first.
    pub counted_by: Vec<(String, u64)>,
    /// Tokens of all answers.
    pub output_tokens: u64,
    /// Tokens of their prompts.
    pub prompt_tokens: Option<u64>,
    /// Those among them out of the service's cache.
    pub cached_tokens: Option<u64>,
    /// Tokens of successful answers per second over the whole run, those of answers that ended.
    pub output_tokens_per_second: f64,
    /// Answers compared with labels.
    pub labelled: u64,
    /// Mean recall.
    pub recall: Option<f64>,
    /// Share with any expected source.
    pub hit_rate: Option<f64>,
    /// Mean reciprocal rank.
    pub mrr: Option<f64>,
    /// Answers compared with an earlier one to the same request.
    pub compared: u64,
    /// Mean agreement of their sources (Jaccard).
    pub source_stability: Option<f64>,
}

impl AnswerFigures {
    /// The figures of an endpoint counted over this stretch; none without declared answers.
    #[must_use]
    pub fn of(entry: &Entry, counted: Duration) -> Option<Self> {
        let counts = entry.answers.as_deref()?;
        let by = TOKEN_SOURCES.into_iter().zip(counts.counted_by);
        Some(AnswerFigures {
            answers: counts.answers,
            complete_ratio: share(counts.complete, counts.answers)?,
            degraded: counts.degraded,
            truncated: counts.truncated,
            errors_within: counts.errors_within,
            without_sources: counts.without_sources,
            mismatched: counts.mismatched,
            keep_alives: counts.keep_alives,
            bundled: counts.bundled,
            cache_hits: counts.cache_hits,
            cache_misses: counts.cache_misses,
            cache_hit_rate: counts.cache_hit_rate(),
            counted_by: by
                .filter(|(_, answers)| *answers > 0)
                .map(|(name, answers)| (name.to_owned(), answers))
                .collect(),
            output_tokens: counts.output_tokens,
            prompt_tokens: counts.prompt_tokens,
            cached_tokens: counts.cached_tokens,
            output_tokens_per_second: per_second(entry.tokens_of_successes(), counted),
            labelled: counts.recall.count(),
            recall: counts.recall.mean(),
            hit_rate: counts.hits.mean(),
            mrr: counts.reciprocal_rank.mean(),
            compared: counts.stability.count(),
            source_stability: counts.stability.mean(),
        })
    }
}

impl Entry {
    /// Tokens of successful answers.
    pub(crate) fn tokens_of_successes(&self) -> u64 {
        let tokens = self.measures.get(&Measure::OutputTokens);
        tokens.map_or(0, |series| series.sum)
    }
}

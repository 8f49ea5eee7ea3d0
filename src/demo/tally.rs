//! The service's own account of what was in its answers.
//!
//! Owns what is counted of an answer and the sums by route and ending. Must not know how answers
//! are made or sent.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::counts::{Outcome, Route};

/// What was sent, by route and by how the answers ended: `complete`, `truncated`, `stream_error`
/// or `abandoned`; those whose connection was reset in the midst are truncated. What never happened is absent.
pub type AnswersSnapshot = BTreeMap<String, BTreeMap<String, Tally>>;

/// Sums over answers; of those that ended early, what had left by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Answers, or results of searches.
    pub answers: u64,
    /// How many of them were streams.
    pub streams: u64,
    /// Tokens of the prompts; told at the end of an answer.
    pub prompt_tokens: u64,
    /// Tokens of the prompts that did not have to be read again.
    pub cached_tokens: u64,
    /// Tokens of answers and reasoning.
    pub output_tokens: u64,
    /// Tokens of reasoning alone.
    pub reasoning_tokens: u64,
    /// Sources.
    pub sources: u64,
    /// Answers that only said that they do not know, or were about to.
    pub degraded: u64,
    /// Answers that were longer than the caller allowed, and cut short.
    #[serde(default)]
    pub length_limited: u64,
    /// Answers told from the cache.
    pub cache_hits: u64,
    /// Streams that fell silent in the middle because of a fault.
    pub stalled: u64,
    /// Streams whose first token came late because of a fault.
    pub slow_first_tokens: u64,
    /// Keep-alive comments.
    pub keep_alives: u64,
}

impl Tally {
    /// Adds the sums of `other`.
    pub fn add(&mut self, other: &Tally) {
        self.answers += other.answers;
        self.streams += other.streams;
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.output_tokens += other.output_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
        self.sources += other.sources;
        self.degraded += other.degraded;
        self.length_limited += other.length_limited;
        self.cache_hits += other.cache_hits;
        self.stalled += other.stalled;
        self.slow_first_tokens += other.slow_first_tokens;
        self.keep_alives += other.keep_alives;
    }
}

/// Ways an answer that was begun can end.
const ENDINGS: [&str; 4] = ["complete", "truncated", "stream_error", "abandoned"];

/// One tally for every route and ending, locked only for the moment of an addition.
#[derive(Default)]
pub(super) struct Answers(Mutex<[[Tally; ENDINGS.len()]; Route::ALL.len()]>);

impl Answers {
    /// Adds one answer on `route` that ended with `outcome`; what holds no answer is left out.
    pub(super) fn add(&self, route: Route, outcome: Outcome, tally: &Tally) {
        let ending = match outcome {
            Outcome::Status(_) => 0,
            Outcome::Truncated | Outcome::StreamReset => 1,
            Outcome::StreamError => 2,
            Outcome::Abandoned => 3,
            Outcome::Reset | Outcome::Hang => return,
        };
        if tally.answers == 0 {
            return;
        }
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = table.get_mut(route.index());
        if let Some(sum) = row.and_then(|row| row.get_mut(ending)) {
            sum.add(tally);
        }
    }

    /// What was counted since the start or the last reset.
    pub(super) fn snapshot(&self) -> AnswersSnapshot {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshot = AnswersSnapshot::new();
        for (route, row) in Route::ALL.iter().zip(table.iter()) {
            for (ending, tally) in ENDINGS.iter().zip(row) {
                if tally.answers > 0 {
                    let row = snapshot.entry(route.name().to_owned()).or_default();
                    row.insert((*ending).to_owned(), *tally);
                }
            }
        }
        snapshot
    }

    /// Sets everything back to zero.
    pub(super) fn reset(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_summed_by_route_and_ending_and_errors_are_none() {
        let answers = Answers::default();
        let tally = Tally {
            answers: 1,
            output_tokens: 7,
            ..Tally::default()
        };
        answers.add(Route::Query, Outcome::Status(200), &tally);
        answers.add(Route::Query, Outcome::Status(200), &tally);
        answers.add(Route::Query, Outcome::Truncated, &tally);
        answers.add(Route::Chat, Outcome::Status(503), &Tally::default());
        let snapshot = answers.snapshot();
        assert_eq!(snapshot.len(), 1);
        assert_eq!(snapshot["POST /query"]["complete"].output_tokens, 14);
        assert_eq!(snapshot["POST /query"]["truncated"].answers, 1);
        answers.reset();
        assert!(answers.snapshot().is_empty());
    }
}

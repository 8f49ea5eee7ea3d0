//! Answers kept for judging, on their way from the shards to whoever writes them.
//!
//! Must not know which were drawn.

use std::time::Duration;

use crate::event::{Sampled, SampledAnswer};

use super::super::sampling::Kept;

/// What came in since the last tick, and what was left out until now.
#[derive(Debug, Default)]
pub(super) struct Samples {
    waiting: Vec<SampledAnswer>,
    left_out: u64,
}

impl Samples {
    /// Takes in what a shard kept.
    pub(super) fn add(&mut self, kept: Kept) {
        self.waiting.extend(kept.answers);
        self.left_out += kept.left_out;
    }

    /// What is to be told now, if anything.
    pub(super) fn take(&mut self, started_unix: Duration) -> Option<Sampled> {
        if self.waiting.is_empty() {
            return None;
        }
        let mut answers = std::mem::take(&mut self.waiting);
        answers.sort_by_key(|answer| answer.sent);
        Some(Sampled {
            started_unix,
            answers,
        })
    }

    /// What to say of those that were drawn and are not written; `dropped`: by slow outputs.
    pub(super) fn told(&self, dropped: u64) -> Option<String> {
        let (crowded, dropped) = (
            (self.left_out, "more were drawn in a second than are kept"),
            (dropped, "outputs were too slow"),
        );
        let parts: Vec<String> = [crowded, dropped]
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| format!("{count} because {why}"))
            .collect();
        let hint = "a lower `samples.rate` keeps an even share";
        (!parts.is_empty()).then(|| {
            let parts = parts.join(", ");
            format!("answers are missing among the samples, {parts}: {hint}")
        })
    }
}

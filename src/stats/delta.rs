//! All that one source counted since it was last asked.
//!
//! Owns the law that makes shards, workers, windows and totals one operation: merging deltas in
//! any order gives the same. Must not know who counted or how often it is asked.

use std::collections::BTreeMap;

use crate::model::{EndpointId, Failure, Offset};

use super::{Entry, FailedAnswers};

/// How often something happened, and when first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrences {
    /// How often.
    pub count: u64,
    /// First time.
    pub first: Offset,
    /// Last time.
    pub last: Offset,
}

impl Occurrences {
    /// One occurrence.
    #[must_use]
    pub fn once(at: Offset) -> Self {
        Occurrences {
            count: 1,
            first: at,
            last: at,
        }
    }

    /// Adds those of `other`.
    pub fn merge(&mut self, other: Occurrences) {
        self.count += other.count;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// What makes two exceptions the same: the message and where it was raised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExceptionKey {
    /// What went wrong in a task, as opposed to in a request.
    pub message: String,
    /// Where: user class, task, step.
    pub traceback: String,
}

/// All samples of one stretch of time from one source. A commutative monoid under
/// [`Delta::merge`]; the default is its zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Statistics per endpoint, by [`EndpointId::index`]; endpoints beyond the end had nothing.
    pub entries: Vec<Entry>,
    /// Failures by endpoint and reason.
    pub failures: BTreeMap<(EndpointId, Failure), Occurrences>,
    /// What went wrong in tasks outside of requests.
    pub exceptions: BTreeMap<ExceptionKey, Occurrences>,
    /// The first failed answers of each endpoint and reason.
    pub failed_answers: FailedAnswers,
}

impl Delta {
    /// Adds all that `other` counted.
    pub fn merge(&mut self, other: &Delta) {
        self.merge_entries(other);
        merge_occurrences(&mut self.failures, &other.failures);
        merge_occurrences(&mut self.exceptions, &other.exceptions);
        self.failed_answers.merge(&other.failed_answers);
    }

    /// Adds the statistics per endpoint alone.
    pub(super) fn merge_entries(&mut self, other: &Delta) {
        if self.entries.len() < other.entries.len() {
            self.entries
                .resize_with(other.entries.len(), Entry::default);
        }
        for (mine, theirs) in self.entries.iter_mut().zip(&other.entries) {
            mine.merge(theirs);
        }
    }

    /// The sum over some endpoints; over all when `endpoints` is empty.
    #[must_use]
    pub fn sum(&self, endpoints: &[EndpointId]) -> Entry {
        let mut sum = Entry::default();
        if endpoints.is_empty() {
            self.entries.iter().for_each(|entry| sum.merge(entry));
        } else {
            let chosen = endpoints
                .iter()
                .filter_map(|id| self.entries.get(id.index()));
            chosen.for_each(|entry| sum.merge(entry));
        }
        sum
    }
}

fn merge_occurrences<K: Ord + Clone>(
    mine: &mut BTreeMap<K, Occurrences>,
    theirs: &BTreeMap<K, Occurrences>,
) {
    for (key, &occurrences) in theirs {
        add_occurrences(mine, key.clone(), occurrences);
    }
}

/// Adds occurrences to those of a key.
pub(super) fn add_occurrences<K: Ord>(
    known: &mut BTreeMap<K, Occurrences>,
    key: K,
    occurrences: Occurrences,
) {
    known
        .entry(key)
        .and_modify(|sum| sum.merge(occurrences))
        .or_insert(occurrences);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{FailureKind, Outcome, Sample};
    use crate::stats::Recorder;

    fn sample() -> impl Strategy<Value = Sample> {
        (0u32..3, 0u64..1000, 1u64..90_000, 0u8..4).prop_map(|(endpoint, sent, millis, kind)| {
            let sent = Offset::from_millis(sent);
            let status = [200, 429, 500, 200][usize::from(kind)];
            Sample {
                endpoint: EndpointId(endpoint),
                due: sent,
                sent,
                done: sent + std::time::Duration::from_millis(millis),
                status: Some(status),
                bytes: millis,
                outcome: match kind {
                    0 => Outcome::Ok,
                    3 => Outcome::Interrupted,
                    _ => Outcome::Failed(Failure::new(FailureKind::Status, status.to_string())),
                },
            }
        })
    }

    fn recorded(samples: &[Sample]) -> Delta {
        let mut recorder = Recorder::new(3);
        samples.iter().for_each(|sample| recorder.record(sample));
        recorder.take()
    }

    proptest! {
        #[test]
        fn deltas_merge_in_any_order_to_the_delta_of_all_samples(
            mut parts in proptest::collection::vec(proptest::collection::vec(sample(), 0..20), 0..6)
        ) {
            let all: Vec<Sample> = parts.concat();
            let merge = |parts: &[Vec<Sample>]| {
                let mut sum = Delta::default();
                parts.iter().for_each(|part| sum.merge(&recorded(part)));
                sum
            };
            let forwards = merge(&parts);
            parts.reverse();
            prop_assert_eq!(&forwards, &merge(&parts));
            let mut whole = Delta::default();
            whole.merge(&recorded(&all));
            if !parts.is_empty() {
                prop_assert_eq!(&forwards, &whole);
            }
        }
    }
}

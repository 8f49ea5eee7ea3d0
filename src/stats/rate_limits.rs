//! How near to a service's own limits a run came, as the service told it.
//!
//! Owns the law that the least that was left is kept, whoever saw it and in whichever order. Must
//! not know how a service tells of its limits.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Counted, Offset, seconds};

/// What was told of limits. A commutative monoid under [`RateLimits::merge`]; the default, with
/// nothing told, is its zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimits {
    /// The least that was left of each thing that is counted, in the order of [`Counted`]; absent
    /// for what was not told.
    pub lowest: Vec<LowestBudget>,
    /// The longest wait that was asked for; none where none was.
    #[serde(with = "seconds")]
    pub longest_retry_after: Option<Duration>,
}

/// The least that was left of one thing, and when that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LowestBudget {
    /// What is counted.
    pub of: Counted,
    /// How many were left.
    pub remaining: u64,
    /// When first so few were.
    pub at: Offset,
    /// How many are allowed in a window; none where it was not told.
    pub limit: Option<u64>,
}

impl RateLimits {
    /// Takes in what one answer told of one thing.
    pub fn see(&mut self, seen: LowestBudget) {
        match self.lowest.binary_search_by_key(&seen.of, |known| known.of) {
            // Of the same count the earlier one stays, so that the order of merging is no matter.
            Ok(at) => self.lowest[at] = self.lowest[at].min(seen),
            Err(at) => self.lowest.insert(at, seen),
        }
    }

    /// Takes in the wait that one answer asked for.
    pub fn asked_to_wait(&mut self, wait: Option<Duration>) {
        self.longest_retry_after = self.longest_retry_after.max(wait);
    }

    /// Adds all that `other` was told.
    pub fn merge(&mut self, other: &RateLimits) {
        for seen in &other.lowest {
            self.see(*seen);
        }
        self.asked_to_wait(other.longest_retry_after);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(seen: &[(usize, u64, u64, Option<u64>)]) -> RateLimits {
        let mut limits = RateLimits::default();
        for &(of, remaining, at, limit) in seen {
            limits.see(LowestBudget {
                of: Counted::ALL[of],
                remaining,
                at: Offset::from_secs(at),
                limit,
            });
            limits.asked_to_wait(limit.map(Duration::from_secs));
        }
        limits
    }

    #[test]
    fn the_least_that_was_left_stays_with_when_that_was_first() {
        let limits = told(&[
            (1, 900, 1, Some(1000)),
            (0, 5, 2, None),
            (0, 3, 4, None),
            (0, 3, 3, None),
            (0, 9, 5, Some(60)),
        ]);
        let lowest = |of, remaining, at, limit| LowestBudget {
            of,
            remaining,
            at: Offset::from_secs(at),
            limit,
        };
        let expected = [
            lowest(Counted::Requests, 3, 3, None),
            lowest(Counted::Tokens, 900, 1, Some(1000)),
        ];
        assert_eq!(limits.lowest, expected);
        assert_eq!(limits.longest_retry_after, Some(Duration::from_secs(1000)));
        assert_eq!(told(&[]), RateLimits::default());
    }

    proptest! {
        #[test]
        fn shards_merge_in_any_order_to_what_one_would_have_seen(
            parts in prop::collection::vec(
                prop::collection::vec(
                    (0usize..4, 0u64..5, 0u64..5, prop::option::of(0u64..5)), 0..6), 0..5)
        ) {
            let merged = |parts: &mut dyn Iterator<Item = &Vec<_>>| {
                let mut sum = RateLimits::default();
                parts.for_each(|part| sum.merge(&told(part)));
                sum
            };
            let forwards = merged(&mut parts.iter());
            prop_assert_eq!(&forwards, &merged(&mut parts.iter().rev()));
            prop_assert_eq!(&forwards, &told(&parts.concat()));
        }
    }
}

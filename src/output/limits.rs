//! The limits that a service told of, in words.
//!
//! Must not know how they are told, nor where the words go.

use crate::model::Offset;
use crate::model::units::{format_count, format_duration};
use crate::stats::{LowestBudget, RateLimits};

/// `lowest remaining budget: 12 of 500 requests at 00:41; 1 200 tokens at 00:43; longest
/// Retry-After 20s`, as far as it was told.
#[must_use]
pub fn sentence(limits: &RateLimits) -> String {
    let mut parts: Vec<String> = (limits.lowest.iter())
        .map(|lowest| {
            let left = left(lowest);
            format!("{left} {} at {}", lowest.of.words(), moment(lowest.at))
        })
        .collect();
    if let Some(first) = parts.first_mut() {
        *first = format!("lowest remaining budget: {first}");
    }
    let wait = limits.longest_retry_after;
    parts.extend(wait.map(|wait| format!("longest Retry-After {}", format_duration(wait))));
    parts.join("; ")
}

/// `12 of 500`, or `12` where the limit was not told.
#[must_use]
pub fn left(lowest: &LowestBudget) -> String {
    let left = format_count(lowest.remaining);
    match lowest.limit {
        Some(limit) => format!("{left} of {}", format_count(limit)),
        None => left,
    }
}

/// A moment of the run to the second: `00:41`, `1:02:03`.
#[must_use]
pub fn moment(at: Offset) -> String {
    let seconds = at.elapsed().as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let seconds = seconds % 60;
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Counted;

    #[test]
    fn only_what_was_told_is_said() {
        let lowest = |of, remaining, limit, at| LowestBudget {
            of,
            remaining,
            at: Offset::from_secs(at),
            limit,
        };
        let requests = lowest(Counted::Requests, 12, Some(500), 41);
        let tokens = lowest(Counted::InputTokens, 1200, None, 3723);
        let wait = Some(Duration::from_secs(20));
        for (lowest, longest_retry_after, expected) in [
            (
                vec![requests, tokens],
                wait,
                "lowest remaining budget: 12 of 500 requests at 00:41; \
                 1 200 input tokens at 1:02:03; longest Retry-After 20s",
            ),
            (vec![], wait, "longest Retry-After 20s"),
        ] {
            let limits = RateLimits {
                lowest,
                longest_retry_after,
            };
            assert_eq!(sentence(&limits), expected);
        }
    }
}

//! The last seconds of a run.
//!
//! Owns the deltas that "current" figures and windowed thresholds look at. Must not know how often
//! it is fed: each delta says which stretch it is of.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::Offset;

use super::Delta;

/// How far back "current" figures look, as Locust's do.
pub const CURRENT: Duration = Duration::from_secs(10);

/// The deltas of the last so many seconds.
#[derive(Clone, Debug)]
pub struct Window {
    keep: Duration,
    stretches: VecDeque<Stretch>,
}

#[derive(Clone, Debug)]
struct Stretch {
    from: Offset,
    to: Offset,
    delta: Delta,
}

impl Window {
    /// A window that can look back this far; never less than [`CURRENT`].
    #[must_use]
    pub fn new(keep: Duration) -> Self {
        Window {
            keep: keep.max(CURRENT),
            stretches: VecDeque::new(),
        }
    }

    /// Adds the delta of the stretch `from..to` and forgets what is too old.
    pub fn push(&mut self, from: Offset, to: Offset, delta: Delta) {
        self.stretches.push_back(Stretch { from, to, delta });
        while self
            .stretches
            .front()
            .is_some_and(|old| old.to.elapsed() + self.keep <= to.elapsed())
        {
            self.stretches.pop_front();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.stretches.clear();
    }

    /// The merged deltas of the last `span`, and how long a stretch they really cover (shorter
    /// near the start of a run).
    #[must_use]
    pub fn last(&self, span: Duration) -> (Delta, Duration) {
        let mut sum = Delta::default();
        let Some(newest) = self.stretches.back() else {
            return (sum, Duration::ZERO);
        };
        let mut from = newest.to;
        for stretch in self.stretches.iter().rev() {
            if newest.to.since(stretch.to) >= span {
                break;
            }
            from = stretch.from;
            sum.merge(&stretch.delta);
        }
        (sum, newest.to.since(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Entry;

    fn second(window: &mut Window, n: u64, requests: u64) {
        let entries = vec![Entry {
            requests,
            ..Entry::default()
        }];
        let delta = Delta {
            entries,
            ..Delta::default()
        };
        window.push(Offset::from_secs(n), Offset::from_secs(n + 1), delta);
    }

    #[test]
    fn it_sums_the_last_seconds_and_says_how_many_they_are() {
        let mut window = Window::new(Duration::from_secs(30));
        (0..4).for_each(|n| second(&mut window, n, 1));
        let (delta, covered) = window.last(CURRENT);
        assert_eq!(
            (delta.entries[0].requests, covered),
            (4, Duration::from_secs(4))
        );
        (4..60).for_each(|n| second(&mut window, n, 1));
        assert_eq!(window.last(CURRENT).0.entries[0].requests, 10);
        assert_eq!(
            window.last(Duration::from_secs(30)).0.entries[0].requests,
            30
        );
        assert_eq!(
            window.last(Duration::from_secs(90)).1,
            Duration::from_secs(30)
        );
    }
}

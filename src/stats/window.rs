//! The last seconds of a run.
//!
//! Owns the deltas that "current" figures and windowed thresholds look at. Must not know how often
//! it is fed: each delta says which stretch it is of.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::Offset;

use super::{Delta, FailedAnswers};

/// How far back "current" figures look, as Locust's do.
pub const CURRENT: Duration = Duration::from_secs(10);

/// Stretches older than this are joined into blocks: a window of ten minutes need not end to the
/// second, and is added up anew each second.
const FINE: Duration = Duration::from_secs(60);
/// The length of such a block.
const BLOCK: Duration = Duration::from_secs(10);

/// The deltas of the last so many seconds.
#[derive(Clone, Debug)]
pub struct Window {
    keep: Duration,
    stretches: VecDeque<Stretch>,
    /// How many of the oldest stretches are whole blocks.
    blocks: usize,
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
            blocks: 0,
        }
    }

    /// Adds the delta of the stretch `from..to` and forgets what is too old.
    pub fn push(&mut self, from: Offset, to: Offset, mut delta: Delta) {
        // Texts belong to the run, not to its last seconds.
        delta.failed_answers = FailedAnswers::default();
        self.stretches.push_back(Stretch { from, to, delta });
        self.join_old(to);
        self.forget(to);
    }

    fn forget(&mut self, now: Offset) {
        let keep = self.keep;
        let too_old = |old: &Stretch| old.to.elapsed() + keep <= now.elapsed();
        while self.stretches.front().is_some_and(too_old) {
            self.stretches.pop_front();
            self.blocks = self.blocks.saturating_sub(1);
        }
    }

    /// Joins the oldest stretch that is no block yet with the one after it, once both are old.
    fn join_old(&mut self, now: Offset) {
        let old = |stretch: &Stretch| now.since(stretch.to) >= FINE;
        let Some(next) = self.stretches.get(self.blocks + 1).filter(|next| old(next)) else {
            return;
        };
        if next.to.since(self.stretches[self.blocks].from) > BLOCK {
            self.blocks += 1;
            return;
        }
        if let Some(next) = self.stretches.remove(self.blocks + 1) {
            let block = &mut self.stretches[self.blocks];
            block.delta.merge(&next.delta);
            block.to = next.to;
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.stretches.clear();
        self.blocks = 0;
    }

    /// The merged deltas of the last `span`, and how long a stretch they really cover (shorter
    /// near the start of a run).
    #[must_use]
    pub fn last(&self, span: Duration) -> (Delta, Duration) {
        let Some(newest) = self.stretches.back() else {
            return (Delta::default(), Duration::ZERO);
        };
        let wanted: Vec<&Stretch> = (self.stretches.iter().rev())
            .take_while(|stretch| newest.to.since(stretch.to) < span)
            .collect();
        let from = wanted.last().map_or(newest.to, |oldest| oldest.from);
        (sum(&wanted), newest.to.since(from))
    }
}

/// Adds up in halves: each bucket is copied as often as there are halvings, and not as often as
/// there are stretches.
fn sum(stretches: &[&Stretch]) -> Delta {
    match stretches {
        [] => Delta::default(),
        [only] => only.delta.clone(),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            let mut sum = self::sum(left);
            sum.merge(&self::sum(right));
            sum
        }
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

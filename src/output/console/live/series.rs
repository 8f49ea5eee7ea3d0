//! One figure over the last seconds, a value a second.
//!
//! Must not know which figure it is or how it is drawn.

use std::collections::VecDeque;

/// Seconds that are kept: more than any terminal has columns for.
pub(super) const KEPT: usize = 512;

/// The values of the last seconds; none where there was nothing to measure.
#[derive(Clone, Debug, Default)]
pub(super) struct Series(VecDeque<Option<f64>>);

impl Series {
    /// Adds the value of as many seconds as have passed.
    pub(super) fn push(&mut self, value: Option<f64>, seconds: usize) {
        for _ in 0..seconds.min(KEPT) {
            if self.0.len() == KEPT {
                self.0.pop_front();
            }
            self.0.push_back(value);
        }
    }

    /// Puts gaps before the first value until there are so many.
    pub(super) fn fill_up_to(&mut self, count: usize) {
        while self.0.len() < count.min(KEPT) {
            self.0.push_front(None);
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The last values, at most so many, the newest last.
    pub(super) fn last(&self, count: usize) -> Vec<Option<f64>> {
        let skipped = self.0.len().saturating_sub(count);
        self.0.iter().skip(skipped).copied().collect()
    }
}

/// The largest value there is; none without any.
pub(super) fn largest(values: &[Option<f64>]) -> Option<f64> {
    values.iter().flatten().copied().reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_values_are_kept_and_gaps_stay_gaps() {
        let mut series = Series::default();
        series.push(Some(1.0), 1);
        series.push(None, 2);
        series.push(Some(3.0), 1);
        assert_eq!(series.last(3), [None, None, Some(3.0)]);
        series.fill_up_to(5);
        assert_eq!(series.last(5)[..2], [None, Some(1.0)]);
        series.push(Some(4.0), 1_000_000);
        assert_eq!(series.last(usize::MAX), vec![Some(4.0); KEPT]);
        assert_eq!(largest(&[None, Some(2.0), Some(1.0)]), Some(2.0));
        assert_eq!(largest(&[None]), None);
    }
}

//! Which rows were dealt, and how often rows came again.
//!
//! Owns the count that tells whether a run asked the same questions over and over. Must not know
//! orders.

/// What was dealt of one data set. A commutative monoid under [`Dealt::merge`], so that those of
/// all shards make up that of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dealt {
    draws: u64,
    /// A bit for each row.
    seen: Vec<u64>,
}

impl Dealt {
    /// Nothing dealt of so many rows.
    pub(super) fn new(rows: usize) -> Dealt {
        Dealt {
            draws: 0,
            seen: vec![0; rows.div_ceil(64)],
        }
    }

    pub(super) fn add(&mut self, row: usize) {
        self.draws += 1;
        if let Some(bits) = self.seen.get_mut(row / 64) {
            *bits |= 1 << (row % 64);
        }
    }

    /// Adds what another shard dealt of the same set.
    pub fn merge(&mut self, other: &Dealt) {
        self.draws += other.draws;
        if self.seen.len() < other.seen.len() {
            self.seen.resize(other.seen.len(), 0);
        }
        for (bits, others) in self.seen.iter_mut().zip(&other.seen) {
            *bits |= others;
        }
    }

    /// Rows dealt, each as often as it was.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// Rows dealt, each once.
    #[must_use]
    pub fn distinct(&self) -> u64 {
        self.seen
            .iter()
            .map(|bits| u64::from(bits.count_ones()))
            .sum()
    }

    /// Share of draws that repeated a row, 0 to 1; none before the first draw.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "draws stay far below 2^53")]
    pub fn repeat_ratio(&self) -> Option<f64> {
        let repeated = self.draws.saturating_sub(self.distinct());
        (self.draws > 0).then(|| repeated as f64 / self.draws as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_dealt_by_several_shards_are_counted_once() {
        let (mut one, mut other) = (Dealt::new(100), Dealt::new(100));
        assert_eq!(one.repeat_ratio(), None);
        [0, 70, 70].into_iter().for_each(|row| one.add(row));
        [70, 99].into_iter().for_each(|row| other.add(row));
        let mut sum = other.clone();
        sum.merge(&one);
        one.merge(&other);
        assert_eq!(one, sum);
        assert_eq!((one.draws(), one.distinct()), (5, 3));
        assert!((one.repeat_ratio().unwrap() - 0.4).abs() < 1e-12);
    }
}

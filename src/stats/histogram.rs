//! The mergeable distribution of response times, and of other whole numbers.
//!
//! Owns the sparse form of an HDR histogram: its occupied buckets only, in order. Everything that
//! is sent, kept in a window or summed up is in this form; only a recorder holds the dense one.
//! Must not know what the times are of.

use std::cmp::Ordering;
use std::time::Duration;

/// Microseconds (the bucket's highest equivalent value) and how many times fell there, ascending.
pub type Bucket = (u64, u64);

/// Response times in microseconds, to three significant digits. A commutative monoid under
/// [`Histogram::merge`]; the default is its zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    buckets: Vec<Bucket>,
    count: u64,
}

impl Histogram {
    /// A histogram of these buckets.
    ///
    /// Values must ascend strictly and be the highest equivalent values of an HDR histogram of
    /// three digits: that is what a recorder gives.
    #[must_use]
    pub fn from_buckets(buckets: Vec<Bucket>) -> Self {
        debug_assert!(
            buckets.is_sorted_by(|a, b| a.0 < b.0),
            "buckets must ascend"
        );
        let count = buckets.iter().map(|(_, count)| count).sum();
        Histogram { buckets, count }
    }

    /// The occupied buckets, ascending.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// How many times were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Adds all times of `other`.
    pub fn merge(&mut self, other: &Histogram) {
        if other.buckets.is_empty() {
            return;
        }
        let mine = std::mem::take(&mut self.buckets);
        self.buckets = merged(&mine, &other.buckets);
        self.count += other.count;
    }

    /// What is left without those of `part`, which must be among them.
    #[must_use]
    pub fn without(&self, part: &Histogram) -> Histogram {
        let mut taken = part.buckets.iter().peekable();
        let left = self.buckets.iter().filter_map(|&(value, count)| {
            let taken = taken.next_if(|(taken, _)| *taken == value);
            let left = count - taken.map_or(0, |(_, taken)| (*taken).min(count));
            (left > 0).then_some((value, left))
        });
        Histogram::from_buckets(left.collect())
    }

    /// The smallest bucket at or below which at least the share `quantile` (0 to 1) of all times
    /// lies: nearest rank, as HdrHistogram defines it. None without times.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        self.value_at(quantile).map(Duration::from_micros)
    }

    /// The same for values that are no times.
    #[must_use]
    pub fn value_at(&self, quantile: f64) -> Option<u64> {
        let rank = rank_of(quantile, self.count);
        let mut seen = 0;
        let bucket = self.buckets.iter().find(|(_, count)| {
            seen += count;
            seen >= rank
        })?;
        Some(bucket.0)
    }
}

/// The 1-based rank of a quantile among `count` values: `ceil(quantile · count)`, at least 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the product lies between 0 and the count; counts stay far below 2^53"
)]
fn rank_of(quantile: f64, count: u64) -> u64 {
    let exact = quantile.clamp(0.0, 1.0) * count as f64;
    // 0.95 · 100 is 95.00000000000001 in floating point: such noise must not move the rank.
    let rank = (exact - exact * f64::EPSILON * 2.0).ceil() as u64;
    rank.clamp(1, count.max(1))
}

fn merged(a: &[Bucket], b: &[Bucket]) -> Vec<Bucket> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(&left), Some(&right)) = (a.get(i), b.get(j)) {
        match left.0.cmp(&right.0) {
            Ordering::Less => {
                out.push(left);
                i += 1;
            }
            Ordering::Greater => {
                out.push(right);
                j += 1;
            }
            Ordering::Equal => {
                out.push((left.0, left.1 + right.1));
                i += 1;
                j += 1;
            }
        }
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn histogram() -> impl Strategy<Value = Histogram> {
        proptest::collection::btree_map(1u64..5_000_000, 1u64..50, 0..40)
            .prop_map(|map| Histogram::from_buckets(map.into_iter().collect()))
    }

    fn sum(a: &Histogram, b: &Histogram) -> Histogram {
        let mut sum = a.clone();
        sum.merge(b);
        sum
    }

    #[test]
    fn percentiles_are_nearest_rank() {
        let hundred = Histogram::from_buckets((1..=100).map(|v| (v, 1)).collect());
        for (quantile, micros) in [(0.5, 50), (0.95, 95), (0.99, 99), (0.999, 100), (1.0, 100)] {
            assert_eq!(
                hundred.quantile(quantile),
                Some(Duration::from_micros(micros))
            );
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
    }

    proptest! {
        #[test]
        fn merging_is_commutative_and_associative(
            a in histogram(), b in histogram(), c in histogram()
        ) {
            prop_assert_eq!(sum(&a, &b), sum(&b, &a));
            prop_assert_eq!(sum(&sum(&a, &b), &c), sum(&a, &sum(&b, &c)));
            prop_assert_eq!(sum(&a, &Histogram::default()), a);
        }

        #[test]
        fn taking_away_what_was_added_leaves_the_rest(a in histogram(), b in histogram()) {
            prop_assert_eq!(sum(&a, &b).without(&b), a);
        }

        #[test]
        fn percentiles_never_fall(a in histogram(), p in 0.0..1.0f64, q in 0.0..1.0f64) {
            let (low, high) = (p.min(q), p.max(q));
            prop_assert!(a.quantile(low) <= a.quantile(high));
        }
    }
}

//! How long requests took, as Prometheus wants to read it.
//!
//! Owns the buckets. Must not know routes, nor the text format.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets, in seconds.
pub(super) const BOUNDS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// A histogram of times.
#[derive(Debug, Default)]
pub(super) struct Durations {
    buckets: [AtomicU64; BOUNDS.len()],
    beyond: AtomicU64,
    nanos: AtomicU64,
}

/// A histogram at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DurationsState {
    /// For each of [`BOUNDS`], how many times did not exceed it.
    pub(super) cumulative: [u64; BOUNDS.len()],
    /// How many times in all.
    pub(super) count: u64,
    /// Their sum in seconds.
    pub(super) sum: f64,
}

impl Durations {
    /// Adds one time.
    pub(super) fn add(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        let place = BOUNDS.iter().position(|bound| seconds <= *bound);
        let bucket = place
            .and_then(|place| self.buckets.get(place))
            .unwrap_or(&self.beyond);
        bucket.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// What was added so far.
    pub(super) fn state(&self) -> DurationsState {
        let mut count = 0;
        let cumulative = std::array::from_fn(|place| {
            let bucket = self.buckets.get(place);
            count += bucket.map_or(0, |bucket| bucket.load(Ordering::Relaxed));
            count
        });
        DurationsState {
            cumulative,
            count: count + self.beyond.load(Ordering::Relaxed),
            sum: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)).as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_the_count_includes_what_lies_beyond() {
        let durations = Durations::default();
        durations.add(Duration::from_millis(1));
        durations.add(Duration::from_millis(80));
        durations.add(Duration::from_secs(60));
        let state = durations.state();
        assert_eq!(state.cumulative[0], 1);
        assert_eq!(state.cumulative[5], 2);
        assert_eq!(state.cumulative[11], 2);
        assert_eq!(state.count, 3);
        assert!((state.sum - 60.081).abs() < 1e-9);
    }
}

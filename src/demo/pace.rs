//! The pace of a stream.
//!
//! Owns when its tokens are due. Must not know what is sent, nor wait.

use std::time::Duration;

use rand::Rng;

use super::faults::Faults;
use super::latency::Latency;

/// Part of the spread by which one answer as a whole is quicker than another; the rest of it lies
/// between its tokens.
const OF_ONE_ANSWER: f64 = 0.5;

/// How fast the tokens of one answer come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    /// The wait before the first.
    pub(super) first: Duration,
    /// The median wait before each other one.
    between: Duration,
    latency: Latency,
}

impl Pace {
    /// Draws the pace of one answer that is `slowdown` times slower than usual.
    pub(super) fn draw(
        latency: Latency,
        faults: &Faults,
        slowdown: f64,
        rng: &mut impl Rng,
    ) -> Pace {
        let first = faults.first_token.unwrap_or(latency.first_token);
        let speed = faults
            .tokens_per_second
            .unwrap_or(latency.tokens_per_second);
        let between = Duration::try_from_secs_f64(speed.recip()).unwrap_or_default();
        let calm = Latency {
            sigma: latency.sigma * OF_ONE_ANSWER,
            ..latency
        };
        Pace {
            first: latency.draw(first, slowdown, rng),
            between: calm.draw(between, slowdown, rng),
            // The scale and the slowdown are in `between` already.
            latency: Latency { scale: 1.0, ..calm },
        }
    }

    /// All tokens at once, as from a cache.
    pub(super) fn at_once(latency: Latency) -> Pace {
        Pace {
            first: Duration::ZERO,
            between: Duration::ZERO,
            latency,
        }
    }

    /// Draws the wait before another token.
    pub(super) fn next(&self, rng: &mut impl Rng) -> Duration {
        if self.between.is_zero() {
            return Duration::ZERO;
        }
        self.latency.draw(self.between, 1.0, rng)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn without_spread_tokens_come_at_exactly_the_speed_asked_for() {
        let latency = Latency {
            sigma: 0.0,
            ..Latency::default()
        };
        let faults = Faults {
            first_token: Some(Duration::from_millis(700)),
            tokens_per_second: Some(20.0),
            ..Faults::default()
        };
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let pace = Pace::draw(latency, &faults, 2.0, &mut rng);
        assert_eq!(pace.first, Duration::from_millis(1400));
        assert_eq!(pace.next(&mut rng), Duration::from_millis(100));
    }

    #[test]
    fn the_same_seed_gives_the_same_pace_and_a_scale_of_zero_none() {
        let drawn = |latency: Latency| {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
            let pace = Pace::draw(latency, &Faults::default(), 1.0, &mut rng);
            let waits: Vec<_> = (0..50).map(|_| pace.next(&mut rng)).collect();
            (pace.first, waits)
        };
        let (first, waits) = drawn(Latency::default());
        assert_eq!((first, waits.clone()), drawn(Latency::default()));
        assert!(waits.iter().any(|wait| *wait != waits[0]));
        let (first, waits) = drawn(Latency::none());
        assert!(first.is_zero() && waits.iter().all(Duration::is_zero));
    }
}

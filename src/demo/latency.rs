//! How long each stage of the service pretends to take.
//!
//! Owns the distributions and their settings. Must not know requests, nor wait: it is given a
//! generator and returns durations.

use std::time::Duration;

use rand::Rng;
use rand_distr::{Distribution, LogNormal};
use thiserror::Error;

/// Medians and spread of the stages. Times are lognormal, as those of real services are: most lie
/// near the median, a few far above it. Streams come at the pace of a model one watches writing,
/// whole answers from a quicker one, so that limits in milliseconds have something to pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// Median of one search.
    pub retrieval: Duration,
    /// Median of generating one answer that is given whole.
    pub llm: Duration,
    /// Median from a slot to the first token of a stream.
    pub first_token: Duration,
    /// Median speed of a stream after its first token; above 0.
    pub tokens_per_second: f64,
    /// Median of `/health` and of an answer from the cache.
    pub health: Duration,
    /// Spread (σ of the logarithm), from 0 (always the median) to 3.
    pub sigma: f64,
    /// Factor on every time, from 0 (no waiting at all) to 1000.
    pub scale: f64,
}

impl Default for Latency {
    fn default() -> Self {
        Latency {
            retrieval: Duration::from_millis(12),
            llm: Duration::from_millis(120),
            first_token: Duration::from_millis(180),
            tokens_per_second: 60.0,
            health: Duration::from_millis(1),
            sigma: 0.5,
            scale: 1.0,
        }
    }
}

/// Why latencies were refused.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum LatencyError {
    /// The spread lies outside its limits.
    #[error("the latency's sigma must be between 0 and 3, found {0}")]
    Sigma(f64),
    /// The speed is none.
    #[error("the latency's tokens_per_second must be above 0, found {0}")]
    Speed(f64),
    /// The scale lies outside its limits.
    #[error("the latency's scale must be between 0 and 1000, found {0}")]
    Scale(f64),
}

impl Latency {
    /// No waiting anywhere: answers as fast as the machine allows.
    #[must_use]
    pub fn none() -> Self {
        Latency {
            scale: 0.0,
            ..Latency::default()
        }
    }

    /// Checks spread, speed and scale.
    ///
    /// # Errors
    /// [`LatencyError`] for the first one outside its limits.
    pub fn validate(&self) -> Result<(), LatencyError> {
        if !(0.0..=3.0).contains(&self.sigma) {
            return Err(LatencyError::Sigma(self.sigma));
        }
        if !self.tokens_per_second.is_finite() || self.tokens_per_second <= 0.0 {
            return Err(LatencyError::Speed(self.tokens_per_second));
        }
        if !(0.0..=1000.0).contains(&self.scale) {
            return Err(LatencyError::Scale(self.scale));
        }
        Ok(())
    }

    /// One time drawn around `median`, multiplied by the scale and by `factor`.
    pub(super) fn draw(&self, median: Duration, factor: f64, rng: &mut impl Rng) -> Duration {
        // A failed construction (only possible with unvalidated settings) means no spread.
        let spread =
            LogNormal::new(0.0, self.sigma).map_or(1.0, |distribution| distribution.sample(rng));
        let seconds = median.as_secs_f64() * spread * self.scale * factor;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn half_of_the_times_lie_below_the_median() {
        let latency = Latency::default();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let below = (0..4000)
            .filter(|_| latency.draw(latency.llm, 1.0, &mut rng) < latency.llm)
            .count();
        assert!((1850..2150).contains(&below), "{below}");
    }

    #[test]
    fn scale_zero_means_no_waiting() {
        let latency = Latency::none();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        assert_eq!(latency.draw(latency.llm, 1.0, &mut rng), Duration::ZERO);
    }

    #[test]
    fn settings_out_of_limits_are_refused() {
        let wild = Latency {
            sigma: f64::NAN,
            ..Latency::default()
        };
        assert!(wild.validate().is_err());
        let backwards = Latency {
            scale: -1.0,
            ..Latency::default()
        };
        assert_eq!(backwards.validate(), Err(LatencyError::Scale(-1.0)));
    }
}

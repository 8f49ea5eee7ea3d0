//! The limits of every fault.
//!
//! Must not know JSON, nor what a fault does.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{FaultError, Faults};
use crate::model::units::format_duration;

/// The longest time any fault may last.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// The shortest silence that is worth a comment.
const SHORTEST_KEEP_ALIVE: Duration = Duration::from_millis(1);
/// Shares that exclude each other; the first of [`Faults::shares`].
const EXCLUSIVE: usize = 6;

impl Faults {
    /// Checks every value against its limits.
    ///
    /// # Errors
    /// [`FaultError::OutOfRange`] for the first value outside them.
    pub fn validate(&self) -> Result<(), FaultError> {
        self.validate_shares()?;
        self.validate_counts()?;
        for (name, rate) in [
            ("rate_limit", self.rate_limit),
            ("tokens_per_second", self.tokens_per_second),
        ] {
            let inside = rate.is_none_or(|rate| rate > 0.0 && rate <= 1e6);
            check(inside, name, "above 0 and at most 1000000", || {
                rate.unwrap_or_default().to_string()
            })?;
        }
        if let Some(scale) = self.latency_scale {
            let inside = (0.0..=1000.0).contains(&scale);
            check(inside, "latency_scale", "between 0 and 1000", || {
                scale.to_string()
            })?;
        }
        self.validate_times()
    }

    fn validate_shares(&self) -> Result<(), FaultError> {
        for (name, share) in self.shares() {
            let inside = (0.0..=1.0).contains(&share);
            check(inside, name, "between 0 and 1", || share.to_string())?;
        }
        let exclusive = self.shares().into_iter().take(EXCLUSIVE);
        let total = exclusive.map(|(_, share)| share).sum();
        check(
            within_one(total),
            "the sum of reset_rate, hang_rate, error_rate, truncate_rate, stream_error_rate and \
             stream_reset_rate",
            "at most 1",
            || total.to_string(),
        )
    }

    fn validate_counts(&self) -> Result<(), FaultError> {
        let counts: [(_, _, RangeInclusive<u32>, _); 3] = [
            (
                "pool_size",
                self.pool_size,
                1..=100_000,
                "between 1 and 100000",
            ),
            ("leak_kb", self.leak_kb, 0..=65_536, "at most 65536"),
            (
                "reasoning_tokens",
                self.reasoning_tokens,
                0..=10_000,
                "at most 10000",
            ),
        ];
        for (name, count, limits, wanted) in counts {
            let inside = count.is_none_or(|count| limits.contains(&count));
            check(inside, name, wanted, || {
                count.unwrap_or_default().to_string()
            })?;
        }
        Ok(())
    }

    fn validate_times(&self) -> Result<(), FaultError> {
        for (name, time) in [
            ("pool_wait", self.pool_wait),
            ("stall_for", self.stall_for),
            ("first_token", self.first_token),
            ("slow_first_token_for", self.slow_first_token_for),
            ("keep_alive", self.keep_alive),
            ("slow_start", self.slow_start),
            ("cache_ttl", self.cache_ttl),
        ] {
            let time = time.unwrap_or_default();
            check(time <= LONGEST, name, "at most 24h", || {
                format_duration(time)
            })?;
        }
        if let Some(time) = self.keep_alive {
            let inside = time >= SHORTEST_KEEP_ALIVE;
            check(inside, "keep_alive", "at least 1ms", || {
                format_duration(time)
            })?;
        }
        Ok(())
    }

    /// The shares, those that exclude each other first.
    fn shares(&self) -> [(&'static str, f64); 10] {
        [
            ("reset_rate", self.reset_rate),
            ("hang_rate", self.hang_rate),
            ("error_rate", self.error_rate),
            ("truncate_rate", self.truncate_rate),
            ("stream_error_rate", self.stream_error_rate),
            ("stream_reset_rate", self.stream_reset_rate),
            ("stall_rate", self.stall_rate),
            ("slow_first_token_rate", self.slow_first_token_rate),
            ("degraded_rate", self.degraded_rate),
            ("retrieval_miss_rate", self.retrieval_miss_rate),
        ]
        .map(|(name, share)| (name, share.unwrap_or(0.0)))
    }
}

/// Whether shares add up to at most one, forgiving the rounding of sums such as 0.7 + 0.2 + 0.1.
fn within_one(total: f64) -> bool {
    total <= 1.0 + 1e-9
}

fn check(
    inside: bool,
    name: &'static str,
    wanted: &'static str,
    found: impl FnOnce() -> String,
) -> Result<(), FaultError> {
    if inside {
        return Ok(());
    }
    Err(FaultError::OutOfRange {
        name,
        wanted,
        found: found(),
    })
}

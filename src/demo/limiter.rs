//! The rate limit.
//!
//! Owns the token bucket, kept as one number (the moment at which it is full again), so that no
//! lock is needed. Must not know what is limited.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::model::Offset;

/// A bucket that holds one second's worth of tokens.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    /// When the bucket is full again, in nanoseconds since the start.
    full_at: AtomicU64,
}

impl Limiter {
    /// Takes a token at `now` from a bucket filled at `per_second`.
    ///
    /// # Errors
    /// The time until a token is there, when the bucket is empty.
    pub(super) fn admit(&self, now: Offset, per_second: f64) -> Result<(), Duration> {
        let refill = Duration::try_from_secs_f64(per_second.recip()).unwrap_or(Duration::ZERO);
        // A limit below one a second still needs room for one token; the hundredth of a token
        // forgives the rounding of `refill` to nanoseconds.
        let room = refill.mul_f64(per_second.max(1.0) + 0.01);
        let mut refused = Duration::ZERO;
        self.full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
                let full_at = Duration::from_nanos(full_at).max(now.elapsed()) + refill;
                refused = full_at.saturating_sub(now.elapsed() + room);
                refused.is_zero().then(|| nanos(full_at))
            })
            .map(drop)
            .map_err(|_| refused)
    }

    /// How the bucket stands at `now`: whole tokens in it, and the time until it is full.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole numbers within the limits of a rate; saturates below zero, after a change"
    )]
    pub(super) fn standing(&self, now: Offset, per_second: f64) -> (u64, Duration) {
        let full_at = Duration::from_nanos(self.full_at.load(Ordering::Relaxed));
        let full_in = full_at.saturating_sub(now.elapsed());
        let missing = (full_in.as_secs_f64() * per_second - 0.01).ceil().max(0.0);
        let room = per_second.max(1.0).floor();
        ((room - missing) as u64, full_in)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_one_second_passes_and_then_the_rate_holds() {
        let limiter = Limiter::default();
        let at = Offset::from_secs(3);
        let admitted = (0..20).filter(|_| limiter.admit(at, 5.0).is_ok()).count();
        assert_eq!(admitted, 5);
        let wait = limiter.admit(at, 5.0).unwrap_err();
        assert!((190..=200).contains(&wait.as_millis()), "{wait:?}");
        let later = at + Duration::from_secs(10);
        let admitted = (0..20)
            .filter(|_| limiter.admit(later, 6.0).is_ok())
            .count();
        assert_eq!(admitted, 6);
    }

    #[test]
    fn what_is_left_goes_down_with_every_request_and_comes_back() {
        let limiter = Limiter::default();
        let at = Offset::from_secs(3);
        let mut left = vec![limiter.standing(at, 5.0).0];
        for _ in 0..7 {
            let _ = limiter.admit(at, 5.0);
            left.push(limiter.standing(at, 5.0).0);
        }
        assert_eq!(left, [5, 4, 3, 2, 1, 0, 0, 0]);
        assert_eq!(limiter.standing(at, 5.0).1, Duration::from_secs(1));
        let later = at + Duration::from_millis(500);
        assert_eq!(limiter.standing(later, 5.0).0, 2);
    }

    #[test]
    fn a_limit_below_one_a_second_lets_single_requests_through() {
        let limiter = Limiter::default();
        assert!(limiter.admit(Offset::from_secs(9), 0.5).is_ok());
        assert!(limiter.admit(Offset::from_secs(10), 0.5).is_err());
        assert!(limiter.admit(Offset::from_secs(11), 0.5).is_ok());
    }
}

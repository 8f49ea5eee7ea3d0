//! A spawn rate as the dispatcher walks it: so many users per step, so long between steps.
//!
//! Owns Locust's rounding of rates. Must not know users, classes or workers.

use std::time::Duration;

/// The rhythm of a ramp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Users spawned or stopped per step; at least 1.
    pub users_per_step: u32,
    /// From the start of one step to the start of the next; there is none after the last step.
    pub pause: Duration,
}

impl Pace {
    /// The rhythm of a rate in users per second, above zero: `max(1, floor(rate))` users per
    /// step, so a rate of 2.5 is two users every 0.8 s. A rate that is not above zero pauses for
    /// ever after the first user.
    #[must_use]
    pub fn of(spawn_rate: f64) -> Self {
        let users_per_step = whole_users(spawn_rate).max(1);
        let seconds = f64::from(users_per_step) / spawn_rate.max(0.0);
        Pace {
            users_per_step,
            pause: Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
        }
    }
}

/// The whole users in a number of users; what does not fit is cut off at the ends.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates and drops the fraction, which is what is wanted here"
)]
fn whole_users(users: f64) -> u32 {
    users as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_rounded_as_locust_rounds_them() {
        let cases = [
            (0.5, 1, 2_000),
            (1.0, 1, 1_000),
            (2.5, 2, 800),
            (100.0, 100, 1_000),
        ];
        for (rate, users_per_step, milliseconds) in cases {
            let pause = Duration::from_millis(milliseconds);
            assert_eq!(
                Pace::of(rate),
                Pace {
                    users_per_step,
                    pause
                },
                "{rate}"
            );
        }
    }

    #[test]
    fn no_rate_panics() {
        let extremes = [0.0, -1.0, 1e-300, 1e300, f64::INFINITY, f64::NAN];
        for rate in extremes {
            assert!(Pace::of(rate).users_per_step >= 1, "{rate}");
        }
        assert_eq!(Pace::of(0.0).pause, Duration::MAX);
    }
}

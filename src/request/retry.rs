//! When a request is sent once more, and how long is waited before that.
//!
//! Owns the rule: as the service says, else longer each time, with chance in it. Pure. Must not
//! know who waits, nor what is counted.

use std::time::Duration;

use super::expect::StatusRange;

/// The wait after the first attempt where the service names none; it doubles with every other.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Retries, where a scenario asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often the request is sent at most, the first time included; at least 1.
    pub attempts: u32,
    /// The statuses after which it is sent again.
    pub on: Vec<StatusRange>,
    /// The longest wait: where the service asks for a longer one, the request is given up.
    pub longest: Duration,
}

impl Retry {
    /// How long to wait before another attempt; none when this answer is the last. `made`:
    /// attempts until now; `asked`: the wait that the service asks for; `chance`: from 0 up to 1.
    ///
    /// Without a wait asked for, it is half of a doubling time and a random part of the other half
    /// ("equal jitter", Brooker, AWS Architecture Blog, 2015), so that users who were refused
    /// together do not come back together.
    #[must_use]
    pub fn wait(
        &self,
        made: u32,
        status: Option<u16>,
        asked: Option<Duration>,
        chance: impl FnOnce() -> f64,
    ) -> Option<Duration> {
        let again = self
            .on
            .iter()
            .any(|range| status.is_some_and(|code| range.holds(code)));
        if made >= self.attempts || !again {
            return None;
        }
        if let Some(asked) = asked {
            return (asked <= self.longest).then_some(asked);
        }
        let doubled = 2u32.saturating_pow(made.saturating_sub(1));
        let whole = FIRST_WAIT.saturating_mul(doubled).min(self.longest);
        Some(whole.mul_f64(0.5 + chance().clamp(0.0, 1.0) / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn retry(attempts: u32, longest: u64) -> Retry {
        let one = |status| StatusRange {
            from: status,
            to: status,
        };
        Retry {
            attempts,
            on: vec![one(429), one(503)],
            longest: Duration::from_secs(longest),
        }
    }

    #[test]
    fn a_request_is_sent_again_after_these_statuses_alone_and_not_forever() {
        let wait = |made, status| retry(3, 30).wait(made, status, None, || 1.0);
        assert_eq!(wait(1, Some(429)), Some(Duration::from_millis(500)));
        assert_eq!(wait(2, Some(503)), Some(Duration::from_secs(1)));
        assert_eq!(wait(3, Some(429)), None);
        assert_eq!(wait(1, Some(500)), None);
        assert_eq!(wait(1, Some(200)), None);
        assert_eq!(wait(1, None), None);
    }

    #[test]
    fn the_service_names_the_wait_and_a_longer_one_than_allowed_ends_it() {
        let wait = |asked| {
            let asked = Some(Duration::from_secs(asked));
            retry(3, 30).wait(1, Some(429), asked, || unreachable!("nothing is drawn"))
        };
        assert_eq!(wait(0), Some(Duration::ZERO));
        assert_eq!(wait(30), Some(Duration::from_secs(30)));
        assert_eq!(wait(31), None);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_longer_than_allowed_nor_less_than_half_of_it(
            made in 1u32..2000, longest in 0u64..100, chance in 0.0..1.0
        ) {
            let retry = retry(u32::MAX, longest);
            let wait = retry.wait(made, Some(503), None, || chance).unwrap();
            prop_assert!(wait <= retry.longest);
            let least = retry.wait(made, Some(503), None, || 0.0).unwrap();
            let most = retry.wait(made, Some(503), None, || 1.0).unwrap();
            prop_assert!(least <= wait && wait <= most);
            prop_assert_eq!(least * 2, most);
        }
    }
}

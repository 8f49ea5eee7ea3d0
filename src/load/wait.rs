//! The pause between two tasks of a user, by Locust's formulas.
//!
//! Pure: randomness and times are given to it. Must not know who waits.

use std::time::Duration;

use crate::model::Offset;

/// How long a user waits after a task (`locust/user/wait_time.py`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WaitTime {
    /// Always the same; zero for no wait.
    Constant(Duration),
    /// Uniform in `[from, to)`: `from + U · (to − from)`.
    Between(Duration, Duration),
    /// Locust's `constant_pacing`: tasks start at least this far apart, late ones not caught up.
    Pacing(Duration),
}

impl WaitTime {
    /// Locust's `constant_throughput`: at most this many tasks per second and user; above zero.
    #[must_use]
    pub fn throughput(per_second: f64) -> Self {
        WaitTime::Pacing(Duration::from_secs_f64(1.0 / per_second))
    }

    /// The next wait. `uniform` is drawn from `[0, 1)`; `now` is the end of the task and
    /// `previous` the memory of this user's last wait.
    #[must_use]
    pub fn next(&self, uniform: f64, now: Offset, previous: &mut PreviousWait) -> Duration {
        let wait = match *self {
            WaitTime::Constant(wait) => wait,
            WaitTime::Between(from, to) => from + to.saturating_sub(from).mul_f64(uniform),
            WaitTime::Pacing(pace) => pace.saturating_sub(now.since(previous.ended)),
        };
        previous.ended = now + wait;
        wait
    }
}

/// What pacing remembers: when the wait before the task that just ended was over; at first the
/// moment the user was spawned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreviousWait {
    /// When it was over.
    pub ended: Offset,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(value: f64) -> Duration {
        Duration::from_secs_f64(value)
    }

    #[test]
    fn pacing_starts_tasks_where_locust_starts_them() {
        let pacing = WaitTime::Pacing(seconds(1.0));
        let mut previous = PreviousWait::default();
        let mut now = Offset::ZERO;
        let mut starts = Vec::new();
        for task in [0.3, 1.5, 0.2, 0.1] {
            starts.push(now.as_secs_f64());
            now = now + seconds(task);
            now = now + pacing.next(0.0, now, &mut previous);
        }
        starts.push(now.as_secs_f64());
        assert_eq!(starts, [0.0, 1.0, 2.5, 3.5, 4.5]);
    }

    #[test]
    fn throughput_is_pacing_of_its_inverse() {
        assert_eq!(WaitTime::throughput(0.5), WaitTime::Pacing(seconds(2.0)));
    }

    proptest! {
        #[test]
        fn between_stays_between(from in 0.0..10.0f64, more in 0.0..10.0f64, u in 0.0..1.0f64) {
            let (from, to) = (seconds(from), seconds(from + more));
            let wait = WaitTime::Between(from, to)
                .next(u, Offset::from_secs(5), &mut PreviousWait::default());
            prop_assert!(wait >= from && wait <= to);
        }
    }
}

//! How far two runs of the same workload may lie apart by chance.
//!
//! Pure statistics: must not know where the figures come from.

/// Chance passes this many standard deviations once in 16 000 comparisons.
const SIGMAS: f64 = 4.0;

/// Whether two shares, observed as `hits` out of `all`, may be of one and the same probability.
pub(super) fn shares_agree(first: (f64, f64), second: (f64, f64)) -> bool {
    let [(hits_a, all_a), (hits_b, all_b)] = [first, second];
    let pooled = (hits_a + hits_b) / (all_a + all_b);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / all_a + 1.0 / all_b)).sqrt();
    (hits_a / all_a - hits_b / all_b).abs() <= SIGMAS * deviation
}

/// What one closed run says of its rate. Each user is a renewal process: request, wait, request…
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) requests: f64,
    /// Seconds that all users together were there.
    pub(super) user_seconds: f64,
    /// Mean and standard deviation of the response time in seconds.
    pub(super) response: (f64, f64),
}

impl Pace {
    /// Seconds from one request's start to the next one's, of a user.
    pub(super) fn cycle(&self) -> f64 {
        self.user_seconds / self.requests
    }

    /// What of the cycle is neither waiting for the answer nor chance.
    fn idle(&self) -> f64 {
        self.cycle() - self.response.0
    }

    /// Standard deviation of the mean cycle, where waits are uniform over `span` seconds.
    fn deviation(&self, span: f64) -> f64 {
        let of_one = (span.powi(2) / 12.0 + self.response.1.powi(2)).sqrt();
        of_one / self.requests.sqrt()
    }

    /// How far the mean cycles of two runs may lie apart.
    pub(super) fn bound(&self, other: &Pace, span: f64) -> f64 {
        SIGMAS * self.deviation(span).hypot(other.deviation(span))
    }

    /// Whether two runs go at one pace, whatever each one's answers took.
    pub(super) fn agrees(&self, other: &Pace, span: f64) -> bool {
        (self.idle() - other.idle()).abs() <= self.bound(other, span)
    }

    /// Whether a run goes at the pace its waits, of this mean, demand.
    pub(super) fn fits(&self, wait: f64, span: f64) -> bool {
        (self.idle() - wait).abs() <= SIGMAS * self.deviation(span)
    }
}

/// Seconds of all users together, `after` that many seconds of a ramp of `rate` users each second.
pub(super) fn user_seconds(users: u32, rate: u32, after: f64) -> f64 {
    let steps = users.div_ceil(rate);
    (0..steps)
        .map(|step| f64::from(rate.min(users - step * rate)) * (after - f64::from(step)).max(0.0))
        .sum()
}

/// Mean square of a distribution given by its quantiles, as (probability, value) from 0 to 1.
pub(super) fn mean_square(quantiles: &[(f64, f64)]) -> f64 {
    quantiles
        .windows(2)
        .map(|pair| {
            let [(from, low), (to, high)] = [pair[0], pair[1]];
            (to - from) * (low * low + low * high + high * high) / 3.0
        })
        .sum()
}

#[test]
fn the_bounds_are_those_of_the_textbook() {
    // Uniform over 0 to 1: a mean square of one third.
    assert!((mean_square(&[(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]) - 1.0 / 3.0).abs() < 1e-12);
    // Five users at once, five after a second, two after two.
    assert!((user_seconds(12, 5, 4.0) - (20.0 + 15.0 + 4.0)).abs() < 1e-12);
    // 50 and 77 of 100: 0.27 apart, with a standard deviation of 0.0681.
    assert!(shares_agree((50.0, 100.0), (77.0, 100.0)));
    assert!(!shares_agree((50.0, 100.0), (78.0, 100.0)));
}

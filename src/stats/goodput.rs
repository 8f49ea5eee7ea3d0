//! Answers that met their objectives, out of all that could.
//!
//! Owns the formulas: goodput, attainment, the interval around it. Must not know objectives.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::as_f64;
use super::snapshot::per_second;

/// The 97.5th percentile of the normal distribution: an interval of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Requests judged by objectives: failures count as judged and not good, interrupted ones are
/// left out. A commutative monoid under [`GoodCounts::merge`]; the default is its zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoodCounts {
    /// Those that succeeded and met every objective.
    pub good: u64,
    /// All that were judged.
    pub judged: u64,
}

impl GoodCounts {
    /// Adds one request.
    pub fn add(&mut self, good: bool) {
        self.good += u64::from(good);
        self.judged += 1;
    }

    /// Adds all that `other` counted.
    pub fn merge(&mut self, other: GoodCounts) {
        self.good += other.good;
        self.judged += other.judged;
    }

    /// Share of good ones, 0 to 1; none when none was judged.
    #[must_use]
    pub fn attainment(&self) -> Option<f64> {
        (self.judged > 0).then(|| as_f64(self.good) / as_f64(self.judged))
    }

    /// The interval of 95 % around the attainment (Wilson, 1927): where it lies if these requests
    /// are a sample of many more.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        let (share, n) = (self.attainment()?, as_f64(self.judged));
        let widened = 1.0 + Z * Z / n;
        let centre = (share + Z * Z / (2.0 * n)) / widened;
        let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / widened;
        // The ends are exact where all are good or none: rounding must not lead past them.
        let low = if self.good == 0 { 0.0 } else { centre - spread };
        let high = if self.good == self.judged {
            1.0
        } else {
            centre + spread
        };
        Some((low.max(0.0), high.min(1.0)))
    }
}

/// The figures of requests judged by objectives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goodput {
    /// Good requests.
    pub good: u64,
    /// Requests judged.
    pub judged: u64,
    /// Good ones by judged ones, 0 to 1.
    pub attainment: f64,
    /// Where that lies with a confidence of 95 %.
    pub interval: (f64, f64),
    /// Good requests per second over the whole run.
    pub per_second: f64,
}

impl Goodput {
    /// The figures of these counts over this stretch; none when none was judged.
    #[must_use]
    pub fn of(counts: GoodCounts, counted: Duration) -> Option<Self> {
        Some(Goodput {
            good: counts.good,
            judged: counts.judged,
            attainment: counts.attainment()?,
            interval: counts.interval()?,
            per_second: per_second(counts.good, counted),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263, 15 of 148, 0 of 20,
        // 1 of 29.
        for (good, judged, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
            (20, 20, 0.8389, 1.0),
        ] {
            let (found_low, found_high) = GoodCounts { good, judged }.interval().unwrap();
            assert!((found_low - low).abs() < 5e-5, "{found_low} {low}");
            assert!((found_high - high).abs() < 5e-5, "{found_high} {high}");
        }
        assert_eq!(GoodCounts::default().interval(), None);
    }
}

//! The course of a run in a bounded number of points.
//!
//! Owns the thinning: points are numbers, never histograms, and their spacing is fixed from the
//! run time, so that a long soak stays small. Must not know charts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::Offset;

use super::Delta;
use super::snapshot::per_second;

/// About how many points a whole run leaves.
const POINTS: u32 = 600;

/// One point of the course of a run: the figures of the stretch that ends at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// End of the stretch.
    pub at: Offset,
    /// Users running at its end.
    pub users: u32,
    /// Requests per second.
    pub rps: f64,
    /// Failures per second.
    pub failures_per_second: f64,
    /// Answers of status 429 per second.
    pub rate_limited_per_second: f64,
    /// Mean response time; none where no request ended.
    pub average: Option<Duration>,
    /// Median response time.
    pub p50: Option<Duration>,
    /// 95th percentile.
    pub p95: Option<Duration>,
    /// 99th percentile.
    pub p99: Option<Duration>,
}

/// Collects deltas into points.
#[derive(Clone, Debug)]
pub struct Timeline {
    interval: Duration,
    points: Vec<Point>,
    from: Offset,
    pending: Delta,
}

impl Timeline {
    /// A timeline for a run of this length; one without a known end is spaced as an hour's.
    #[must_use]
    pub fn new(run_time: Option<Duration>) -> Self {
        let run_time = run_time.unwrap_or(Duration::from_secs(3600));
        let seconds = (run_time / POINTS).as_secs_f64().ceil().max(1.0);
        Timeline {
            interval: Duration::from_secs_f64(seconds),
            points: Vec::new(),
            from: Offset::ZERO,
            pending: Delta::default(),
        }
    }

    /// Adds the delta of the stretch that ends at `at`, when so many users were running.
    pub fn push(&mut self, at: Offset, users: u32, delta: &Delta) {
        self.pending.merge(delta);
        // Ticks come a little late or early: half a second must not double the spacing.
        if at.since(self.from) + Duration::from_millis(500) >= self.interval {
            self.close(at, users);
        }
    }

    /// Makes a last point of what is pending, at the end of a run.
    pub fn finish(&mut self, at: Offset, users: u32) {
        if self.pending.entries.iter().any(|entry| entry.requests > 0) {
            self.close(at, users);
        }
    }

    /// The points until now.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The spacing of the points.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    fn close(&mut self, at: Offset, users: u32) {
        let all = std::mem::take(&mut self.pending).sum(&[]);
        let stretch = at.since(self.from);
        self.points.push(Point {
            at,
            users,
            rps: per_second(all.requests, stretch),
            failures_per_second: per_second(all.failures, stretch),
            rate_limited_per_second: per_second(all.rate_limited, stretch),
            average: all.average(),
            p50: all.quantile(0.5),
            p95: all.quantile(0.95),
            p99: all.quantile(0.99),
        });
        self.from = at;
        self.thin();
    }

    /// A run without a known end that outgrows its spacing halves its points and doubles it.
    fn thin(&mut self) {
        if self.points.len() < 2 * POINTS as usize {
            return;
        }
        self.interval *= 2;
        let pairs = self.points.chunks(2).map(|pair| match pair {
            [first, second] => first.joined(second),
            rest => rest[0].clone(),
        });
        self.points = pairs.collect();
    }
}

impl Point {
    /// One point for two neighbours: rates are averaged, percentiles the worse of the two (an
    /// upper bound: percentiles cannot be averaged).
    fn joined(&self, next: &Point) -> Point {
        let mean = |a: f64, b: f64| f64::midpoint(a, b);
        let weighted = match (self.average, next.average) {
            (Some(a), Some(b)) if self.rps + next.rps > 0.0 => {
                let sum = a.as_secs_f64() * self.rps + b.as_secs_f64() * next.rps;
                Some(Duration::from_secs_f64(sum / (self.rps + next.rps)))
            }
            (a, b) => b.or(a),
        };
        Point {
            at: next.at,
            users: next.users,
            rps: mean(self.rps, next.rps),
            failures_per_second: mean(self.failures_per_second, next.failures_per_second),
            rate_limited_per_second: mean(
                self.rate_limited_per_second,
                next.rate_limited_per_second,
            ),
            average: weighted,
            p50: self.p50.max(next.p50),
            p95: self.p95.max(next.p95),
            p99: self.p99.max(next.p99),
        }
    }

    /// Failures by requests in this stretch, 0 to 1; none where no request ended.
    #[must_use]
    pub fn fail_ratio(&self) -> Option<f64> {
        (self.rps > 0.0).then(|| self.failures_per_second / self.rps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Entry;
    use crate::stats::entry::as_f64;

    fn requests(count: u64) -> Delta {
        let entry = Entry {
            requests: count,
            ..Entry::default()
        };
        Delta {
            entries: vec![entry],
            ..Delta::default()
        }
    }

    fn seconds(timeline: &mut Timeline, count: u64) {
        for second in 1..=count {
            timeline.push(Offset::from_secs(second), 1, &requests(2));
        }
    }

    #[test]
    fn a_short_run_keeps_every_second_and_a_long_one_a_bounded_number() {
        let mut smoke = Timeline::new(Some(Duration::from_secs(120)));
        seconds(&mut smoke, 120);
        assert_eq!(smoke.points().len(), 120);
        let mut soak = Timeline::new(Some(Duration::from_secs(14_400)));
        seconds(&mut soak, 14_400);
        assert_eq!(soak.points().len(), 600);
        assert!(
            soak.points()
                .iter()
                .all(|point| (point.rps - 2.0).abs() < 1e-9)
        );
    }

    #[test]
    fn a_run_without_end_never_outgrows_its_bound() {
        let mut timeline = Timeline::new(None);
        seconds(&mut timeline, 40_000);
        assert!(
            timeline.points().len() < 1200,
            "{}",
            timeline.points().len()
        );
        let all: f64 = (timeline.points().windows(2))
            .map(|pair| pair[1].rps * pair[1].at.since(pair[0].at).as_secs_f64())
            .sum();
        assert!((all / as_f64(80_000) - 1.0).abs() < 0.01, "{all}");
    }
}

//! The course of a run in a bounded number of points.
//!
//! Owns the thinning: points are numbers, never histograms, and their spacing is fixed from the
//! run time, so that a long soak stays small. Must not know charts.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Offset, seconds};

use super::snapshot::per_second;
use super::{AnswerPoint, Course, Delta, Entry, Generator, Histogram};

/// About how many points a whole run leaves.
const POINTS: u32 = 600;

/// One point of the course of a run: the figures of the stretch that ends at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// End of the stretch.
    pub at: Offset,
    /// Users running at its end.
    pub users: u32,
    /// Users wanted at its end.
    pub target_users: u32,
    /// Requests per second.
    pub rps: f64,
    /// Failures per second.
    pub failures_per_second: f64,
    /// Answers of status 429 per second.
    pub rate_limited_per_second: f64,
    /// Mean response time; none where no request ended.
    #[serde(with = "seconds")]
    pub average: Option<Duration>,
    /// Median response time, failed requests included.
    #[serde(with = "seconds")]
    pub p50: Option<Duration>,
    /// 95th percentile.
    #[serde(with = "seconds")]
    pub p95: Option<Duration>,
    /// 99th percentile.
    #[serde(with = "seconds")]
    pub p99: Option<Duration>,
    /// Response times of successful requests alone; none where there were none.
    pub ok: Option<Spread>,
    /// Response times of failed requests alone.
    pub failed: Option<Spread>,
    /// Finished requests by class of status: none at all, 1xx to 5xx. Unknown in records of the
    /// first form.
    pub statuses: Option<[u64; 6]>,
    /// How the load generator was doing, at its worst. Unknown in records of the first form.
    pub generator: Option<Generator>,
    /// What declared answers were; none without any.
    pub answers: Option<AnswerPoint>,
}

/// Percentiles of some requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// Median response time.
    #[serde(with = "seconds")]
    pub p50: Duration,
    /// 95th percentile.
    #[serde(with = "seconds")]
    pub p95: Duration,
    /// 99th percentile.
    #[serde(with = "seconds")]
    pub p99: Duration,
}

/// How things stood at the end of a stretch, beside what was counted in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// Users running.
    pub users: u32,
    /// Users wanted.
    pub target_users: u32,
    /// How the load generator was doing.
    pub generator: Generator,
}

/// Collects deltas into points.
#[derive(Clone, Debug)]
pub struct Timeline {
    interval: Duration,
    points: Vec<Point>,
    /// The course of each endpoint, by [`EndpointId::index`](crate::model::EndpointId::index).
    courses: Vec<Course>,
    from: Offset,
    pending: Delta,
    /// The worst of the pending stretch.
    generator: Generator,
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
            courses: Vec::new(),
            generator: Generator::default(),
            from: Offset::ZERO,
            pending: Delta::default(),
        }
    }

    /// Adds the delta of the stretch that ends at `at`, when things stood like this.
    pub fn push(&mut self, at: Offset, now: Circumstances, delta: &Delta) {
        self.pending.merge_entries(delta);
        self.generator = self.generator.worst(now.generator);
        // Ticks come a little late or early: half a second must not double the spacing.
        if at.since(self.from) + Duration::from_millis(500) >= self.interval {
            self.close(at, now);
        }
    }

    /// Makes a last point of what is pending, at the end of a run.
    pub fn finish(&mut self, at: Offset, now: Circumstances) {
        if self.pending.entries.iter().any(|entry| entry.requests > 0) {
            self.close(at, now);
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

    /// The course of an endpoint beside the points; none when it did nothing until now.
    #[must_use]
    pub fn course(&self, endpoint: usize) -> Option<&Course> {
        self.courses.get(endpoint)
    }

    fn close(&mut self, at: Offset, now: Circumstances) {
        let pending = std::mem::take(&mut self.pending);
        self.close_courses(&pending);
        let generator = std::mem::take(&mut self.generator);
        let now = Circumstances { generator, ..now };
        self.points.push(Point::of(self.from, at, now, &pending));
        self.from = at;
        self.thin();
    }

    fn close_courses(&mut self, pending: &Delta) {
        let known = self.courses.len().max(pending.entries.len());
        let stretches = self.points.len();
        self.courses
            .resize_with(known, || Course::silent(stretches));
        let nothing = Entry::default();
        for (index, course) in self.courses.iter_mut().enumerate() {
            course.push(pending.entries.get(index).unwrap_or(&nothing));
        }
    }

    /// A run without a known end that outgrows its spacing halves its points and doubles it.
    fn thin(&mut self) {
        if self.points.len() < 2 * POINTS as usize {
            return;
        }
        self.interval *= 2;
        self.points = halved(&self.points);
        for course in &mut self.courses {
            *course = course.joined(2);
        }
    }
}

/// Every two neighbours as one point; the last stays as it is when it has none.
#[must_use]
pub fn halved(points: &[Point]) -> Vec<Point> {
    let pairs = points.chunks(2).map(|pair| match pair {
        [first, second] => first.joined(second),
        rest => rest[0].clone(),
    });
    pairs.collect()
}

impl Point {
    /// What was counted in the stretch `from..at`, at whose end things stood like this.
    #[must_use]
    pub fn of(from: Offset, at: Offset, now: Circumstances, counted: &Delta) -> Point {
        let all = counted.sum(&[]);
        let stretch = at.since(from);
        Point {
            at,
            users: now.users,
            target_users: now.target_users,
            rps: per_second(all.requests, stretch),
            failures_per_second: per_second(all.failures, stretch),
            rate_limited_per_second: per_second(all.rate_limited, stretch),
            average: all.average(),
            p50: all.quantile(0.5),
            p95: all.quantile(0.95),
            p99: all.quantile(0.99),
            ok: spread(&all.times.without(&all.failed_times), &all),
            failed: spread(&all.failed_times, &all),
            statuses: Some(classes(&all.statuses)),
            generator: Some(now.generator),
            answers: AnswerPoint::of(&all, stretch),
        }
    }

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
            ok: both(self.ok, next.ok, Spread::worst),
            failed: both(self.failed, next.failed, Spread::worst),
            statuses: both(self.statuses, next.statuses, |a, b| {
                std::array::from_fn(|class| a[class] + b[class])
            }),
            target_users: next.target_users,
            generator: both(self.generator, next.generator, Generator::worst),
            answers: both(self.answers.clone(), next.answers.clone(), |a, b| {
                a.joined(&b)
            }),
        }
    }

    /// Failures by requests in this stretch, 0 to 1; none where no request ended.
    #[must_use]
    pub fn fail_ratio(&self) -> Option<f64> {
        (self.rps > 0.0).then(|| self.failures_per_second / self.rps)
    }
}

impl Spread {
    pub(super) fn worst(self, other: Spread) -> Spread {
        Spread {
            p50: self.p50.max(other.p50),
            p95: self.p95.max(other.p95),
            p99: self.p99.max(other.p99),
        }
    }
}

/// What two neighbours come to; the one that is there where the other is not.
pub(super) fn both<T>(a: Option<T>, b: Option<T>, join: impl Fn(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(join(a, b)),
        (a, b) => a.or(b),
    }
}

/// The spread of some of the requests of `all`, within what was measured.
fn spread(times: &Histogram, all: &Entry) -> Option<Spread> {
    let (min, max) = (all.min?, all.max?);
    let quantile = |share| Some(times.quantile(share)?.clamp(min, max));
    Some(Spread {
        p50: quantile(0.5)?,
        p95: quantile(0.95)?,
        p99: quantile(0.99)?,
    })
}

/// Counts by class of status; what is no status of HTTP's classes counts as none.
fn classes(statuses: &[(u16, u64)]) -> [u64; 6] {
    let mut classes = [0; 6];
    for &(status, count) in statuses {
        let class = usize::from(status / 100);
        classes[if class < classes.len() { class } else { 0 }] += count;
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
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
            timeline.push(
                Offset::from_secs(second),
                Circumstances::default(),
                &requests(2),
            );
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
        let course = timeline.course(0).unwrap();
        assert_eq!(course.requests.len(), timeline.points().len());
        assert_eq!(course.p95.len(), timeline.points().len());
        let all: f64 = (timeline.points().windows(2))
            .map(|pair| pair[1].rps * pair[1].at.since(pair[0].at).as_secs_f64())
            .sum();
        assert!((all / as_f64(80_000) - 1.0).abs() < 0.01, "{all}");
    }
}

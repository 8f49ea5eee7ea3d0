//! What the page's script draws, in columns: an element for each stretch of the run.
//!
//! Must not know how it is drawn. Names are short words, for they stand in every report.

use std::time::Duration;

use serde::Serialize;

use crate::event::{Mark, MarkKind, RecordedRow, RunRecord, StageBand};
use crate::model::Offset;
use crate::stats::{Generator, Point, Spread};

use super::answer_columns::AnswerColumns;
use super::columns::{Number, counts, known, percentiles, rates};
use super::distribution::{self, Distribution};
use super::sections::measure;
use super::stretches::{joined_in_courses, shown};

/// All that is drawn. Columns are texts as `columns` writes them.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    /// Wall time of the start in seconds since the Unix epoch.
    start: f64,
    /// End of each stretch in seconds since the start.
    at: String,
    users: String,
    target: String,
    /// Per second, failed ones included.
    requests: String,
    /// Per second; none when no request failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<String>,
    /// Answers of status 429 per second; none when there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limited: Option<String>,
    /// Whether the record does not tell response times of failed requests from those of others.
    mixed: bool,
    /// p50, p95 and p99 of successful requests, of all where they are mixed, in milliseconds.
    times: [String; 3],
    /// The same of failed requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<[String; 3]>,
    /// Requests in the stretch by class of status; none of a class that never occurred.
    #[serde(skip_serializing_if = "Option::is_none")]
    statuses: Option<[Option<String>; 6]>,
    /// In percent of one core.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<String>,
    /// The busiest thread, in percent of its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    busy: Option<String>,
    /// In megabytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_files: Option<String>,
    /// Lateness of timers in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<String>,
    /// When the load generator was the bottleneck.
    limited: Vec<Stretch>,
    bands: Vec<Band<'a>>,
    marks: Vec<Moment<'a>>,
    /// What declared answers were.
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<AnswerColumns>,
    /// How many stretches are joined into one in the courses of endpoints.
    step: usize,
    /// The distribution of all requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<Distribution>,
    endpoints: Vec<EndpointData>,
}

#[derive(Serialize)]
struct Stretch {
    from: Number,
    to: Number,
}

#[derive(Serialize)]
struct Band<'a> {
    from: Number,
    to: Number,
    label: &'a str,
}

#[derive(Serialize)]
struct Moment<'a> {
    at: Number,
    kind: &'static str,
    text: &'a str,
}

/// One endpoint, in the order of the page's rows.
#[derive(Serialize)]
struct EndpointData {
    /// Finished requests in the stretch, failed ones included; none where no course was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<String>,
    /// Failed ones; none when none failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<String>,
    /// p50, p95 and p99 of all its requests, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<[String; 3]>,
    #[serde(flatten)]
    distribution: Option<Distribution>,
    /// What else was measured, as texts: name, count, average, p50, p90, p95, p99, largest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measures: Vec<[String; 8]>,
}

impl<'a> Data<'a> {
    /// The data of a run.
    pub(super) fn of(record: &'a RunRecord) -> Self {
        let points = shown(record);
        let all = &record.aggregated.row;
        let step = joined_in_courses(points.len(), record.rows.len());
        let mixed = (points.iter()).all(|point| point.ok.is_none() && point.failed.is_none());
        let moments = points
            .iter()
            .map(|point| Number::moment(point.at).to_string());
        let rate = |rate: fn(&Point) -> f64| rates(points.iter().map(rate));
        let generator = |value: fn(&Generator) -> Option<f64>| generator(points, value);
        Data {
            start: record.started_unix.as_secs_f64(),
            at: moments.collect::<Vec<_>>().join(","),
            users: counts(points.iter().map(|point| point.users.into())),
            target: counts(points.iter().map(|point| point.target_users.into())),
            requests: rate(|point| point.rps),
            failures: (all.failures > 0).then(|| rate(|point| point.failures_per_second)),
            rate_limited: (all.rate_limited > 0)
                .then(|| rate(|point| point.rate_limited_per_second)),
            mixed,
            times: if mixed {
                times(points, |point| [point.p50, point.p95, point.p99])
            } else {
                times(points, |point| spread(point.ok))
            },
            failed: (points.iter().any(|point| point.failed.is_some()))
                .then(|| times(points, |point| spread(point.failed))),
            statuses: statuses(points),
            cpu: generator(|generator| generator.cpu.map(|share| share * 100.0)),
            busy: generator(|generator| generator.busy.map(|share| share * 100.0)),
            memory: generator(|generator| generator.memory.map(|bytes| bytes as f64 / 1e6)),
            open_files: generator(|generator| generator.open_files.map(|count| count as f64)),
            lag: generator(|generator| Some(generator.lag.as_secs_f64() * 1e3)),
            limited: limited(points),
            answers: AnswerColumns::of(points),
            bands: record.stages.iter().map(band).collect(),
            marks: record.marks.iter().map(moment).collect(),
            step,
            together: distribution::of(&record.aggregated),
            endpoints: (record.rows.iter())
                .map(|row| endpoint(row, points.len(), step))
                .collect(),
        }
    }
}

pub(super) fn spread(spread: Option<Spread>) -> [Option<Duration>; 3] {
    spread.map_or([None; 3], |spread| {
        [Some(spread.p50), Some(spread.p95), Some(spread.p99)]
    })
}

pub(super) fn times(points: &[Point], of: impl Fn(&Point) -> [Option<Duration>; 3]) -> [String; 3] {
    let stretches: Vec<_> = points.iter().map(of).collect();
    percentiles(&stretches)
}

fn statuses(points: &[Point]) -> Option<[Option<String>; 6]> {
    let known: Option<Vec<[u64; 6]>> = points.iter().map(|point| point.statuses).collect();
    known.map(|known| {
        std::array::from_fn(|class| {
            let of_class = || known.iter().map(|counted| counted[class]);
            of_class()
                .any(|count| count > 0)
                .then(|| counts(of_class()))
        })
    })
}

/// A figure of the load generator; none where it was never known.
fn generator(points: &[Point], value: fn(&Generator) -> Option<f64>) -> Option<String> {
    let values = || (points.iter()).map(|point| point.generator.as_ref().and_then(value));
    values()
        .any(|value| value.is_some())
        .then(|| known(values()))
}

/// The stretches in which the load generator was the bottleneck, neighbours as one.
fn limited(points: &[Point]) -> Vec<Stretch> {
    let mut limited: Vec<Stretch> = Vec::new();
    let mut from = Number::moment(Offset::ZERO);
    for point in points {
        let to = Number::moment(point.at);
        if point.generator.is_some_and(|generator| generator.limited) {
            match limited.last_mut().filter(|last| last.to == from) {
                Some(last) => last.to = to,
                None => limited.push(Stretch { from, to }),
            }
        }
        from = to;
    }
    limited
}

fn band(stage: &StageBand) -> Band<'_> {
    Band {
        from: Number::moment(stage.from),
        to: Number::moment(stage.to),
        label: &stage.label,
    }
}

fn moment(mark: &Mark) -> Moment<'_> {
    Moment {
        at: Number::moment(mark.at),
        kind: match mark.kind {
            MarkKind::Users => "users",
            MarkKind::Paused => "paused",
            MarkKind::Resumed => "resumed",
            MarkKind::Reset => "reset",
            MarkKind::Threshold => "threshold",
            MarkKind::ThresholdMet => "threshold-met",
            MarkKind::Ending => "ending",
        },
        text: &mark.text,
    }
}

fn endpoint(row: &RecordedRow, stretches: usize, step: usize) -> EndpointData {
    let course = &row.course;
    let there = course.requests.len() >= stretches;
    // What is left of the last stretch is not shown here either.
    let course = there.then(|| course.first(stretches).joined(step));
    let times = course.as_ref().map(|course| {
        let times = course.p50.iter().zip(&course.p95).zip(&course.p99);
        let stretches: Vec<_> = times.map(|((p50, p95), p99)| [*p50, *p95, *p99]).collect();
        percentiles(&stretches)
    });
    EndpointData {
        failures: (course.as_ref().filter(|_| row.row.failures > 0))
            .map(|course| counts(course.failures.iter().copied())),
        times,
        requests: course.map(|course| counts(course.requests)),
        distribution: distribution::of(row),
        measures: row.row.measures.iter().map(measure).collect(),
    }
}

//! The charts that stand still, where scripts are blocked: which lines each has.
//!
//! Must not know how a line is drawn.

use std::time::Duration;

use crate::event::RunRecord;
use crate::model::units::{format_count, format_duration, format_time};
use crate::output::figures::rate;
use crate::stats::{Point, Spread};

use super::axis::Unit;
use super::chart::{Chart, Series, Sketch};

/// The charts of a run over these points; none when nothing was measured.
pub(super) fn of(record: &RunRecord, points: &[Point]) -> Vec<Chart> {
    let Some(last) = points.last() else {
        return Vec::new();
    };
    let length = last.at.as_secs_f64().max(1.0);
    let mut sketches = vec![
        throughput(record, points),
        response_times(record, points),
        users(record, points),
    ];
    let ttft = |point: &Point| point.answers.as_ref()?.ttft;
    if points.iter().any(|point| ttft(point).is_some()) {
        sketches.insert(2, first_tokens(record, points, ttft));
    }
    let drawn = sketches.into_iter();
    drawn.map(|sketch| Chart::drawn(sketch, length)).collect()
}

fn first_tokens(
    record: &RunRecord,
    points: &[Point],
    ttft: impl Fn(&Point) -> Option<Spread>,
) -> Sketch {
    Sketch {
        id: "ttft",
        title: "Time to the first token",
        description: format!(
            "Median, 95th and 99th percentile of the time to the first text of each moment's \
             answers over {}",
            length(record)
        ),
        unit: Unit::Time,
        whole: false,
        series: vec![
            times("p50", "p50", points, |point| {
                ttft(point).map(|spread| spread.p50)
            }),
            times("p95", "p95", points, |point| {
                ttft(point).map(|spread| spread.p95)
            }),
            times("p99", "p99", points, |point| {
                ttft(point).map(|spread| spread.p99)
            }),
        ],
    }
}

fn throughput(record: &RunRecord, points: &[Point]) -> Sketch {
    let mut series = vec![
        rates("Requests/s", "all", points, |point| point.rps),
        rates("Failures/s", "failures", points, |point| {
            point.failures_per_second
        }),
    ];
    if record.aggregated.row.rate_limited > 0 {
        let limited = |point: &Point| point.rate_limited_per_second;
        series.push(rates("Rate limited/s", "limited", points, limited));
    }
    Sketch {
        id: "throughput",
        title: "Requests per second",
        description: format!(
            "Finished requests and failures per second over {}, {} in all",
            length(record),
            format_count(record.aggregated.row.requests)
        ),
        unit: Unit::Number,
        whole: false,
        series,
    }
}

fn rates(
    name: &'static str,
    class: &'static str,
    points: &[Point],
    rate_of: impl Fn(&Point) -> f64,
) -> Series {
    let values: Vec<_> = (points.iter())
        .map(|point| (point.at.as_secs_f64(), Some(rate_of(point))))
        .collect();
    let peak = values
        .iter()
        .filter_map(|(_, value)| *value)
        .fold(0.0, f64::max);
    Series {
        name,
        class,
        values,
        note: format!("peak {}", rate(peak)),
    }
}

fn response_times(record: &RunRecord, points: &[Point]) -> Sketch {
    Sketch {
        id: "times",
        title: "Response times, failed requests included",
        description: format!(
            "Median, 95th and 99th percentile of the response times of each moment over {}",
            length(record)
        ),
        unit: Unit::Time,
        whole: false,
        series: vec![
            times("p50", "p50", points, |point| point.p50),
            times("p95", "p95", points, |point| point.p95),
            times("p99", "p99", points, |point| point.p99),
        ],
    }
}

fn times(
    name: &'static str,
    class: &'static str,
    points: &[Point],
    time_of: impl Fn(&Point) -> Option<Duration>,
) -> Series {
    let seconds = |point: &Point| time_of(point).map(|time| time.as_secs_f64());
    let peak = points.iter().filter_map(&time_of).max();
    Series {
        name,
        class,
        values: (points.iter())
            .map(|point| (point.at.as_secs_f64(), seconds(point)))
            .collect(),
        note: peak.map_or_else(String::new, |peak| format!("peak {}", format_time(peak))),
    }
}

fn users(record: &RunRecord, points: &[Point]) -> Sketch {
    let values = points
        .iter()
        .map(|point| (point.at.as_secs_f64(), Some(f64::from(point.users))))
        .collect();
    Sketch {
        id: "users",
        title: "Users",
        description: format!("Users running over {}", length(record)),
        unit: Unit::Number,
        whole: true,
        series: vec![Series {
            name: "Users",
            class: "users",
            values,
            note: format!("peak {}", format_count(u64::from(record.peak_users))),
        }],
    }
}

fn length(record: &RunRecord) -> String {
    format_duration(Duration::from_secs(record.duration.as_secs()))
}

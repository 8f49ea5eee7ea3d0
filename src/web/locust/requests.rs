//! `/stats/requests`: the figures, with Locust's keys, types and rounding.
//!
//! Must not know where the figures come from.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Value, json};

use crate::model::{Endpoint, Offset};
use crate::output::figures::{Number, median, ms, whole_ms};
use crate::output::tables::nothing_yet;
use crate::stats::{Percentiles, Row};

use super::super::board::View;
use super::super::{Shared, reply};
use super::state;

/// Rows and errors that are listed at most, as in Locust.
const LISTED: usize = 500;
/// Where 50 %, 95 % and 99 % stand in a row's percentiles.
const P50: usize = 0;
const P95: usize = 5;
const P99: usize = 7;

pub(super) async fn requests(State(shared): State<Arc<Shared>>) -> Response<Body> {
    reply::locust(body(&shared.control.board().view()))
}

fn body(view: &View) -> Value {
    let snapshot = view.tick.as_ref().map(|tick| &tick.snapshot);
    let nothing = nothing_yet();
    let all = snapshot.map_or(&nothing, |snapshot| &snapshot.aggregated);
    // Locust's figures of the last seconds are a whole 0 until there was any request at all.
    let begun = !view.seen.is_empty();
    let mut stats: Vec<Value> = (rows(view).iter().take(LISTED))
        .map(|row| entry(row, true))
        .collect();
    stats.push(entry(all, begun));
    let percentile = |at: usize| all.current.percentiles.map(|values| whole_ms(values[at]));
    json!({
        "stats": stats,
        "errors": errors(view),
        "total_rps": all.rps,
        "total_fail_per_sec": all.failures_per_second,
        "current_rps": current(all.current.rps, begun),
        "current_fail_per_sec": current(all.current.failures_per_second, begun),
        "fail_ratio": all.fail_ratio().unwrap_or(0.0),
        "current_response_time_percentiles": {
            "response_time_percentile_0.5": percentile(P50),
            "response_time_percentile_0.95": percentile(P95),
        },
        "state": state(view),
        "user_count": snapshot.map_or(0, |snapshot| snapshot.users),
    })
}

/// A row for every endpoint that had a request, also when it was cleared since; by name.
fn rows(view: &View) -> Vec<Row> {
    let known = view.tick.as_ref().map(|tick| &tick.snapshot.rows);
    let row = |endpoint: &Endpoint| {
        let row = known
            .into_iter()
            .flatten()
            .find(|row| row.endpoint == *endpoint);
        row.cloned().unwrap_or_else(|| Row {
            endpoint: endpoint.clone(),
            ..nothing_yet()
        })
    };
    view.seen.iter().map(row).collect()
}

fn entry(row: &Row, begun: bool) -> Value {
    let Row {
        endpoint,
        requests,
        failures,
        // Locust has no key for these.
        rate_limited: _,
        interrupted: _,
        statuses: _,
        connections: _,
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
        average,
        min,
        max,
        average_bytes,
        rps,
        failures_per_second,
        percentiles,
        current: recent,
    } = row;
    json!({
        "method": endpoint.method,
        "name": endpoint.name,
        "num_requests": requests,
        "num_failures": failures,
        "avg_response_time": average.map_or(0.0, ms),
        "min_response_time": min.map_or(Number::Int(0), rounded),
        "max_response_time": max.map_or(Number::Float(0.0), rounded),
        "median_response_time": median(row),
        "response_time_percentile_0.95": percentile(*percentiles, P95),
        "response_time_percentile_0.99": percentile(*percentiles, P99),
        "current_rps": current(recent.rps, begun),
        "current_fail_per_sec": current(recent.failures_per_second, begun),
        "total_rps": rps,
        "total_fail_per_sec": failures_per_second,
        "avg_content_length": average_bytes.map_or(Number::Int(0), Number::Float),
    })
}

fn current(rate: f64, begun: bool) -> Number {
    if begun {
        Number::Float(rate)
    } else {
        Number::Int(0)
    }
}

/// Whole milliseconds as a `float`, halves up.
fn rounded(time: Duration) -> Number {
    Number::Float((ms(time) + 0.5).floor())
}

fn percentile(values: Percentiles, at: usize) -> u64 {
    values.map_or(0, |values| whole_ms(values[at]))
}

fn errors(view: &View) -> Vec<Value> {
    let failures = view.tick.iter().flat_map(|tick| &tick.snapshot.failures);
    let unix = |at: Offset| (view.started_unix + at.elapsed()).as_secs_f64();
    failures
        .take(LISTED)
        .map(|failure| {
            json!({
                "method": failure.endpoint.method,
                "name": failure.endpoint.name,
                "error": failure.error,
                "occurrences": failure.occurrences,
                "first_seen": unix(failure.first),
                "last_seen": unix(failure.last),
            })
        })
        .collect()
}

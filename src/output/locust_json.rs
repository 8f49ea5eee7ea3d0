//! Locust's JSON of the statistics (`--json`, `--json-file`), from a run's record.
//!
//! Three things a record does not hold: the order of first requests (rows come by name), the last
//! request of a single endpoint (that of the whole run stands in, so that requests divided by the
//! time between the two stamps is the endpoint's rate), and counts per endpoint and second (empty
//! objects). Must not know files.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value, json};

use crate::event::{RecordedRow, RunRecord};
use crate::stats::{Row, encoding};

use super::figures::{ms, whole_ms};

/// The list as Python's `json.dumps(…, indent=4)` writes it, without a line break at its end.
#[must_use]
pub fn render(record: &RunRecord) -> String {
    let entries: Vec<Value> = (record.rows.iter())
        .filter(|recorded| recorded.row.requests > 0)
        .map(|recorded| entry(recorded, record.started_unix))
        .collect();
    let mut bytes = Vec::new();
    let mut serializer =
        Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"    "));
    Value::from(entries)
        .serialize(&mut serializer)
        .expect("writing to memory cannot fail");
    ascii(&String::from_utf8_lossy(&bytes))
}

fn entry(recorded: &RecordedRow, started_unix: Duration) -> Value {
    let Row {
        endpoint,
        requests,
        failures,
        // Locust's object has no key for these; percentiles are in `response_times`.
        rate_limited: _,
        interrupted: _,
        average,
        min,
        max,
        average_bytes,
        rps,
        failures_per_second: _,
        percentiles: _,
        statuses: _,
        current: _,
        // Locust's keys, exactly.
        connections: _,
        measures: _,
        answers: _,
        goodput: _,
        retries: _,
        rate_limits: _,
    } = &recorded.row;
    let count = *requests as f64;
    let start = started_unix.as_secs_f64();
    let last = (*rps > 0.0).then(|| start + count / rps);
    let total = average.map_or(0.0, |average| ms(average) * count);
    let length = average_bytes.map_or(0.0, |average| (average * count).round());
    json!({
        "name": endpoint.name,
        "method": endpoint.method,
        "last_request_timestamp": last,
        "start_time": start,
        "num_requests": requests,
        "num_none_requests": 0,
        "num_failures": failures,
        "total_response_time": total,
        "max_response_time": max.map_or(0.0, ms),
        "min_response_time": min.map(ms),
        "total_content_length": super::figures::truncated(length),
        "response_times": response_times(&recorded.histogram),
        "num_reqs_per_sec": {},
        "num_fail_per_sec": {},
    })
}

/// Whole milliseconds and how many times fell there, ascending; empty for a damaged histogram.
fn response_times(histogram: &str) -> Map<String, Value> {
    let mut buckets: BTreeMap<u64, u64> = BTreeMap::new();
    if let Ok(histogram) = encoding::decode(histogram) {
        for &(micros, count) in histogram.buckets() {
            *buckets
                .entry(whole_ms(Duration::from_micros(micros)))
                .or_default() += count;
        }
    }
    (buckets.into_iter())
        .map(|(bucket, count)| (bucket.to_string(), count.into()))
        .collect()
}

/// JSON with everything but printable ASCII escaped, as Python's default is. Outside of strings
/// JSON is ASCII anyway.
#[must_use]
pub fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            write!(out, "\\u{unit:04x}").expect("writing to a String cannot fail");
        }
    }
    out
}

//! The CSV files against Locust's own and against a reader of CSV.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use ragload::model::Endpoint;
use ragload::model::python_repr::float_repr;
use ragload::output::figures::{Number, median};
use ragload::output::locust_csv::{exceptions, failures, history, stats, syntax};
use ragload::output::tables::{Tables, nothing_yet};
use ragload::stats::Row;
use serde_json::Value;

use super::fixture;

/// The first lines of the files Locust 2.47.0 wrote.
const STATS: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\r\n";
const HISTORY: &str = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n";
const FAILURES: &str = "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n";
const EXCEPTIONS: &str = "Count,Message,Traceback,Nodes\r\n";

fn vectors() -> Value {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/locust/stats_vectors.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn read(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn headers_are_byte_for_byte_those_of_locust() {
    let record = fixture::empty();
    let tables = Tables::from(&record);
    let nothing =
        ",Aggregated,0,0,0,0.0,0,0,0,0.0,0.0,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A\r\n";
    assert_eq!(stats::render(&tables), format!("{STATS}{nothing}"));
    assert_eq!(failures::render(&tables), FAILURES);
    assert_eq!(exceptions::render(&tables), EXCEPTIONS);
    assert_eq!(history::header(), HISTORY);
}

#[test]
fn a_history_row_before_the_first_request_is_locusts() {
    let row = history::first(fixture::STARTED, history::Detail::Aggregated);
    let expected = "1795416343,0,,Aggregated,0.000000,0.000000,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,0,0,0,0.0,0,0,0\r\n";
    assert_eq!(row, expected);
}

#[test]
fn fields_are_written_as_python_writes_them() {
    for case in vectors()["csv_field_python_value_then_row"]
        .as_array()
        .unwrap()
    {
        let (python, expected) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        // The value is told by its Python `repr`.
        let field = match python {
            "None" => String::new(),
            text if text.starts_with('\'') => text[1..text.len() - 1]
                .replace("\\n", "\n")
                .replace("\\r", "\r"),
            int if int.bytes().all(|byte| byte.is_ascii_digit()) => {
                Number::Int(int.parse().unwrap()).to_string()
            }
            float => Number::Float(float.parse().unwrap()).to_string(),
        };
        assert_eq!(syntax::rows([[field.as_str(), "z"]]), expected, "{python}");
    }
}

#[test]
fn rates_of_the_history_have_six_decimals() {
    for case in vectors()["history_rps_format"].as_array().unwrap() {
        let mut tick = fixture::run().ticks[0].as_ref().clone();
        tick.snapshot.aggregated.current.rps = case[0].as_f64().unwrap();
        let rows = read(&history::render(&tick, history::Detail::Aggregated));
        assert_eq!(rows[0][4], case[1].as_str().unwrap());
    }
}

#[test]
fn keys_of_failures_are_locusts() {
    for case in vectors()["errors"].as_array().unwrap() {
        let text = |key: &str| case[key].as_str();
        let error = text("error").or(text("error_python")).unwrap();
        let endpoint = Endpoint::new(text("method").unwrap(), text("name").unwrap());
        let normalised = failures::normalised(error);
        assert_eq!(normalised, text("parsed").unwrap());
        assert_eq!(failures::key(&endpoint, &normalised), text("key").unwrap());
    }
}

/// The recorded file of Locust lists these in this order.
#[test]
fn failures_stand_in_locusts_order() {
    let recorded = [
        (
            "/missing?q=1",
            "HTTPError('404 Client Error: Not Found for url: /missing?q=1')",
        ),
        ("fh /reset", "HTTPConnectionClosed('connection closed.')"),
        (
            "/refused",
            "ConnectionRefusedError(111, 'Connection refused')",
        ),
        ("fh /missing", "LocustBadStatusCode(code=404)"),
        (
            "/fast (checked)",
            "CatchResponseError('Got \"wrong\", response')",
        ),
        (
            "/reset",
            "ConnectionResetError(104, 'Connection reset by peer')",
        ),
        ("fh /error500", "LocustBadStatusCode(code=500)"),
    ];
    let keys: Vec<String> = (recorded.iter())
        .map(|(name, error)| failures::key(&Endpoint::new("GET", *name), error))
        .collect();
    assert!(keys.is_sorted(), "{keys:?}");
}

#[test]
fn failures_that_differ_by_an_address_only_are_one() {
    let mut record = fixture::run().record;
    let first = record.failures[0].clone();
    let at = |address: &str| format!("<Answer object at {address}> was empty");
    record.failures = ["0x7f01", "0x7f02"]
        .map(|address| ragload::stats::FailureRow {
            error: at(address),
            occurrences: 2,
            ..first.clone()
        })
        .into();
    let rows = read(&failures::render(&Tables::from(&record)));
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1][2..4], ["<Answer object at 0x....> was empty", "4"]);
}

#[test]
fn a_median_is_a_float_only_where_it_was_moved_into_what_was_measured() {
    for case in vectors()["entry"].as_array().unwrap() {
        let times: Vec<f64> = case["response_times_ms"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        let [first, ..] = times[..] else { continue };
        if times.len() > 1 {
            continue; // Locust's ranks and two digits are not copied.
        }
        let time = std::time::Duration::from_secs_f64(first / 1e3);
        let row = Row {
            requests: 1,
            min: Some(time),
            max: Some(time),
            percentiles: Some([time; 11]),
            ..nothing_yet()
        };
        let expected = case["median"].as_f64().unwrap();
        let expected = if case["median"].is_f64() {
            float_repr(expected)
        } else {
            case["median"].to_string()
        };
        assert_eq!(median(&row).to_string(), expected);
    }
}

#[test]
fn a_reader_of_csv_finds_the_same_names_and_texts() {
    let run = fixture::run();
    let tables = Tables::from(&run.record);
    let rows = read(&stats::render(&tables));
    let names: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    let mut expected: Vec<&str> = tables
        .rows
        .iter()
        .map(|row| row.endpoint.name.as_str())
        .collect();
    expected.push("Aggregated");
    assert_eq!(names, expected);
    assert!(rows.iter().all(|row| row.len() == 22));
    let rows = read(&exceptions::render(&tables));
    assert_eq!(rows[1][1], run.record.exceptions[0].message);
    assert_eq!(rows[1][2], run.record.exceptions[0].traceback);
    let ticks: Vec<_> = run.ticks.iter().map(Arc::as_ref).collect();
    for tick in ticks {
        for row in read(&history::render(tick, history::Detail::Full)) {
            assert_eq!(row.len(), 24);
        }
    }
}

proptest! {
    #[test]
    fn quoting_round_trips(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n é<]{0,6}|.*", 2..5), 1..5)) {
        let width = rows[0].len();
        let rows: Vec<Vec<String>> = rows.into_iter().map(|mut row| { row.resize(width, String::new()); row }).collect();
        let text = syntax::rows(&rows);
        // A reader takes that for the mark of an encoding.
        prop_assume!(!text.starts_with('\u{feff}'));
        prop_assert!(text.ends_with("\r\n"));
        prop_assert_eq!(read(&text), rows);
    }
}

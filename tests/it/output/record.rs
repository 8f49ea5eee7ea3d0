//! The run record and Locust's JSON.

use ragload::output::{locust_json, record};
use ragload::stats::Row;
use serde_json::Value;

use super::fixture;

#[test]
fn a_record_reads_back_as_it_was_written() {
    for written in [fixture::run().record, fixture::empty()] {
        let read = record::from_json(&record::to_json(&written)).unwrap();
        assert_eq!(read, written);
        assert_eq!(record::to_json(&read), record::to_json(&written));
    }
}

#[test]
fn what_is_no_record_of_this_form_is_refused_with_the_remedy() {
    let newer = r#"{"schema_version": 99, "ragload_version": "9.0.0"}"#;
    let cases = [
        ("no json", "is not a run record (JSON expected)"),
        ("[1]", "it has no schema_version"),
        (
            newer,
            "of form 99, and this ragload reads forms up to 2: use the ragload that wrote it (9.0.0)",
        ),
        (
            r#"{"schema_version": 2}"#,
            "damaged run record: missing field",
        ),
    ];
    for (text, expected) in cases {
        let error = record::from_json(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_record_of_the_first_form_is_read_and_what_it_did_not_record_is_missing() {
    let old = include_str!("../../fixtures/record_form_1.json");
    let read = record::from_json(old).unwrap();
    let new = fixture::run().record;
    let unmeasured = Row {
        measures: Vec::new(),
        answers: None,
        goodput: None,
        ..new.aggregated.row.clone()
    };
    assert_eq!(read.aggregated.row, unmeasured);
    assert_eq!(read.aggregated.histogram, new.aggregated.histogram);
    assert_eq!(read.failures, new.failures);
    assert_eq!(read.exceptions, new.exceptions);
    assert_eq!(read.duration, new.duration);
    assert_eq!(read.timeline.len(), new.timeline.len());
    for (old, new) in read.timeline.iter().zip(&new.timeline) {
        assert_eq!((old.at, old.users, old.p99), (new.at, new.users, new.p99));
        assert_eq!((old.statuses, old.generator), (None, None));
    }
    assert!(read.failed_answers.is_empty() && read.rows[0].course.requests.is_empty());
    assert_eq!(record::from_json(&record::to_json(&read)).unwrap(), read);
}

#[test]
fn a_damaged_record_of_the_first_form_is_no_panic() {
    for text in [
        r#"{"schema_version": 1, "timeline": 5, "rows": [1], "aggregated": [], "duration": {"secs": 18446744073709551615, "nanos": 1}}"#,
        r#"{"schema_version": 1}"#,
    ] {
        let error = record::from_json(text).unwrap_err().to_string();
        assert!(error.contains("damaged run record"), "{error}");
    }
}

#[test]
fn names_of_kept_records_have_no_character_a_file_system_refuses() {
    let name = record::file_name("a/b: c?", fixture::STARTED);
    assert_eq!(name, "a_b__c_-20261123T064543Z.json");
    assert_eq!(record::file_stem(".."), "run");
}

#[test]
fn locusts_json_has_its_keys_in_order_and_is_ascii() {
    let record = fixture::run().record;
    let text = locust_json::render(&record);
    assert!(text.is_ascii());
    assert!(text.starts_with("[\n    {\n        \"name\": "));
    let entries: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = entries[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "name",
        "method",
        "last_request_timestamp",
        "start_time",
        "num_requests",
        "num_none_requests",
        "num_failures",
        "total_response_time",
        "max_response_time",
        "min_response_time",
        "total_content_length",
        "response_times",
        "num_reqs_per_sec",
        "num_fail_per_sec",
    ];
    assert_eq!(keys, expected);
    for entry in entries.as_array().unwrap() {
        let counted: u64 = entry["response_times"]
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum();
        assert_eq!(entry["num_requests"].as_u64(), Some(counted));
    }
    let requests: u64 = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["num_requests"].as_u64().unwrap())
        .sum();
    assert_eq!(requests, record.aggregated.row.requests);
}

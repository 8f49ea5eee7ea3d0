//! The JSON Schema that ships says what the decoder reads: the same keys, values it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::files::shipped::SCHEMA;
use crate::model::units::{parse_duration, parse_rate};
use crate::scenario::{Defaults, Environment, Overrides, load, resolve};

use super::value::Keys;
use super::{
    answers, body, classes, conversation, data, expect, extract, money, requests, response, retry,
    samples, stages, steps, tasks, thresholds, turns, waits,
};

fn schema() -> Value {
    serde_json::from_str(SCHEMA.text).unwrap()
}

/// Every map of the dialect: where the schema has it, its keys, and those of them that have no
/// meaning in that place, which the decoder says better.
fn maps() -> Vec<(&'static str, &'static Keys, &'static [&'static str])> {
    vec![
        ("", &resolve::KEYS, &[]),
        ("/$defs/user_class", &classes::KEYS, &[]),
        ("/$defs/task", &tasks::KEYS, requests::OF_CLIENT),
        ("/$defs/step", &steps::KEYS, requests::OF_CLIENT),
        ("/$defs/conversation", &conversation::KEYS, &[]),
        ("/$defs/turns_kinds", &turns::KEYS, &[]),
        ("/$defs/wait_kinds", &waits::KEYS, &[]),
        ("/$defs/stage", &stages::KEYS, &[]),
        ("/$defs/long_threshold", &thresholds::KEYS, &[]),
        (
            "/$defs/long_stop_condition",
            &thresholds::KEYS,
            &["abort", "level"],
        ),
        ("/$defs/expect", &expect::KEYS, &[]),
        ("/$defs/header_pattern", &expect::HEADER_KEYS, &[]),
        ("/$defs/extraction", &extract::KEYS, &[]),
        ("/$defs/data_set", &data::KEYS, &[]),
        ("/$defs/multipart_part", &body::PART_KEYS, &[]),
        ("/$defs/price", &money::PRICE_KEYS, &[]),
        ("/$defs/budget", &money::BUDGET_KEYS, &[]),
        ("/$defs/samples", &samples::KEYS, &[]),
        ("/$defs/response", &response::KEYS, &[]),
        ("/$defs/response_place", &response::PLACE_KEYS, &[]),
        ("/$defs/response_condition", &response::CONDITION_KEYS, &[]),
        ("/$defs/response_stage", &response::STAGE_KEYS, &[]),
        ("/$defs/response_usage", &response::USAGE_KEYS, &[]),
        ("/$defs/response_cache", &response::CACHE_KEYS, &[]),
        ("/$defs/timeouts", &answers::TIMEOUT_KEYS, &[]),
        ("/$defs/slo", &answers::SLO_KEYS, &[]),
        ("/$defs/long_retry", &retry::KEYS, &[]),
        ("/$defs/recall", &answers::RECALL_KEYS, &[]),
        ("/$defs/hit", &answers::HIT_KEYS, &[]),
        ("/$defs/fallback", &answers::FALLBACK_KEYS, &[]),
    ]
}

/// Whether a key of the top level stands for one of the only request, or of its class.
fn is_short_form(key: &str) -> bool {
    let of_request = tasks::KEYS.known.contains(&key) || key == "wait_time";
    of_request && !resolve::KEYS.known.contains(&key)
}

#[test]
fn the_schema_has_the_keys_that_the_decoder_reads() {
    let schema = schema();
    for (place, keys, elsewhere) in maps() {
        let described = schema.pointer(place).unwrap();
        let described: BTreeSet<&str> = described["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            // Includes and short forms are gone before anything is decoded.
            .filter(|key| !(place.is_empty() && (*key == "include" || is_short_form(key))))
            .collect();
        let read: BTreeSet<&str> = keys
            .known
            .iter()
            .copied()
            .filter(|key| !elsewhere.contains(key))
            .collect();
        assert_eq!(described, read, "{place}");
    }
}

/// Every schema of a map whose keys are all named.
fn closed_maps(at: &str, schema: &Value, found: &mut Vec<(String, Map<String, Value>)>) {
    match schema {
        Value::Object(parts) => {
            if parts.get("additionalProperties") == Some(&json!(false)) {
                found.push((at.to_owned(), parts.clone()));
            }
            for (key, part) in parts {
                closed_maps(&format!("{at}/{key}"), part, found);
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| closed_maps(at, part, found)),
        _ => {}
    }
}

#[test]
fn no_map_of_the_schema_is_unknown_to_the_decoder() {
    // Read by hand, or one of the others in a place where not all of it makes sense.
    let by_hand = ["/$defs/json_expectation/anyOf", "/$defs/wait/anyOf"];
    let mut found = Vec::new();
    closed_maps("", &schema(), &mut found);
    let known: Vec<&str> = maps().iter().map(|(place, ..)| *place).collect();
    for (place, _) in &found {
        let is_known = known.contains(&place.as_str()) || by_hand.contains(&place.as_str());
        assert!(is_known, "{place}");
    }
    assert!(found.len() >= known.len());
}

#[test]
fn a_hyphen_is_as_good_as_an_underscore() {
    let mut found = Vec::new();
    closed_maps("", &schema(), &mut found);
    for (place, map) in found {
        let properties = map["properties"].as_object().unwrap();
        for (key, described) in properties.iter().filter(|(key, _)| key.contains('_')) {
            if place.starts_with("/$defs/json_expectation") {
                continue;
            }
            let patterns = map["patternProperties"].as_object().unwrap();
            let hyphened = key.replace('_', "-");
            let matching = |(pattern, _): &(&String, &Value)| {
                regex::Regex::new(pattern).unwrap().is_match(&hyphened)
            };
            let (_, same) = patterns.iter().find(matching).unwrap();
            for (keyword, value) in same.as_object().unwrap() {
                assert_eq!(described.get(keyword), Some(value), "{place} {key}");
            }
        }
    }
}

/// Calls `check` with each example and the names of the properties that lead to it.
fn examples(at: &[&str], schema: &Value, check: &mut impl FnMut(&[&str], &Value)) {
    for example in schema["examples"].as_array().into_iter().flatten() {
        check(at, example);
    }
    let parts = [
        ("properties", true),
        ("$defs", true),
        ("anyOf", false),
        ("items", false),
    ];
    for (keyword, named) in parts {
        match &schema[keyword] {
            Value::Object(parts) if named => {
                for (name, part) in parts {
                    examples(&[at, &[name.as_str()]].concat(), part, check);
                }
            }
            Value::Array(parts) => parts.iter().for_each(|part| examples(at, part, check)),
            part @ Value::Object(_) => examples(at, part, check),
            _ => {}
        }
    }
}

/// A scenario in which this stands where the schema describes it.
fn scenario(at: &[&str], example: &Value) -> Value {
    let with = |key: &str| json!({ key: example });
    let request = |more: Value| {
        let mut task = json!({ "post": "/x" });
        task.as_object_mut()
            .unwrap()
            .append(&mut more.as_object().unwrap().clone());
        in_tasks(&task)
    };
    match at {
        [
            key @ ("users" | "spawn_rate" | "run_time" | "host" | "include" | "description"
            | "stages" | "stop_timeout" | "seed" | "preflight" | "approved_hosts"
            | "thresholds" | "stop_if" | "timeout" | "headers" | "price" | "data"
            | "ca_cert" | "client_cert"),
        ] => below_top(&with(key)),
        ["variable"] => below_top(&with("host")),
        ["duration"] => below_top(&with("run_time")),
        ["rate"] => below_top(&with("spawn_rate")),
        ["headers", ..] => request(with("headers")),
        ["path"] => in_tasks(&with("get")),
        ["condition" | "threshold"] => below_top(&json!({ "thresholds": [example] })),
        ["stop_condition"] => below_top(&json!({ "stop_if": [example] })),
        ["long_threshold", "check"] => below_top(&json!({ "thresholds": [with("check")] })),
        ["long_threshold", key] => {
            below_top(&json!({ "thresholds": [{ "check": "p95 < 2s", *key: example }] }))
        }
        ["long_stop_condition", key] => {
            below_top(&json!({ "stop_if": [{ "check": "p95 < 2s", *key: example }] }))
        }
        ["stage"] => below_top(&json!({ "stages": [example] })),
        ["stage", key @ ("users" | "ramp_to")] => {
            below_top(&json!({ "stages": [{ *key: example, "for": "2m" }] }))
        }
        ["stage", key] => {
            let mut stage = json!({ "users": 1, "for": "2m" });
            stage[*key] = example.clone();
            below_top(&json!({ "stages": [stage] }))
        }
        [map @ ("price" | "budget"), key] => below_top(&json!({ *map: { *key: example } })),
        ["samples", key] => with_samples(key, example),
        ["rows" | "data_set", ..] => in_data(at, example),
        ["user_class"] => json!({ "user_classes": [example] }),
        ["user_class", key] => {
            let mut class = json!({ "name": "A", "tasks": [{ "get": "/x" }] });
            class[*key] = example.clone();
            json!({ "user_classes": [class] })
        }
        ["conversation" | "turns_kinds", ..] => in_conversation(at, example),
        ["wait_time"] => scenario(&["user_class", "wait_time"], example),
        ["wait_kinds", key] => scenario(&["user_class", "wait_time"], &with(key)),
        ["task"] => in_tasks(example),
        ["task", "steps"] => in_tasks(&with("steps")),
        ["task", key] | ["step", key] if requests::METHODS.contains(key) => in_tasks(&with(key)),
        ["task" | "step", key] => request(with(key)),
        ["step"] => in_tasks(&json!({ "steps": [example] })),
        ["wait"] => in_tasks(&json!({ "steps": [{ "get": "/x" }, { "wait": example }] })),
        [key @ ("multipart" | "retry")] => request(with(key)),
        ["multipart_part", key @ ("file" | "text")] => {
            request(json!({ "multipart": { "a": { *key: example } } }))
        }
        ["multipart_part", key] => {
            request(json!({ "multipart": { "a": { "text": "t", *key: example } } }))
        }
        ["expect"] => request(with("expect")),
        ["expect", key] => request(json!({ "expect": { *key: example } })),
        ["json_expectation"] => request(json!({ "expect": { "json": { "$.a": example } } })),
        ["header_expectation"] => request(json!({ "expect": { "header": { "x": example } } })),
        ["header_pattern", "matches"] => {
            request(json!({ "expect": { "header": { "x": { "matches": example } } } }))
        }
        ["extract"] => request(with("extract")),
        ["json_path"] => request(json!({ "extract": { "v": example } })),
        ["extraction", key] => request(json!({ "extract": { "v": { *key: example } } })),
        other => panic!("say where {other:?} stands"),
    }
}

/// Samples need an answer that is declared.
fn with_samples(key: &str, example: &Value) -> Value {
    let mut scenario = in_tasks(&json!({ "post": "/x", "response": {} }));
    scenario["samples"] = json!({ "rate": "1%" });
    scenario["samples"][key] = example.clone();
    scenario
}

/// As [`scenario`], within `data`.
fn in_data(at: &[&str], example: &Value) -> Value {
    match at {
        ["rows"] => below_top(&json!({ "data": { "q": example } })),
        ["data_set", key @ ("inline" | "file")] => {
            below_top(&json!({ "data": { "q": { *key: example } } }))
        }
        ["data_set", key] => {
            below_top(&json!({ "data": { "q": { "inline": ["a"], *key: example } } }))
        }
        other => panic!("say where {other:?} stands"),
    }
}

/// As [`scenario`], within the conversation of a task.
fn in_conversation(at: &[&str], example: &Value) -> Value {
    match at {
        ["conversation"] => in_tasks(&json!({
            "post": "/x", "response": {}, "json": { "messages": "{{ messages }}" }, "conversation": example,
        })),
        ["conversation", key] => {
            let mut conversation = json!({ "ask": "{{ question }}", "turns": 3 });
            conversation[*key] = example.clone();
            in_conversation(&["conversation"], &conversation)
        }
        ["turns_kinds", _] => {
            in_conversation(&["conversation", "turns"], &json!({ "between": example }))
        }
        other => panic!("say where {other:?} stands"),
    }
}

fn in_tasks(task: &Value) -> Value {
    json!({ "user_classes": [{ "name": "A", "tasks": [task] }] })
}

/// Under a workload that can do with any variable an example names.
fn below_top(keys: &Value) -> Value {
    let mut scenario = in_tasks(&json!({ "post": "/query" }));
    scenario
        .as_object_mut()
        .unwrap()
        .append(&mut keys.as_object().unwrap().clone());
    scenario
}

/// Resolves it beside every file that an example names.
fn decoded(mut scenario: Value) -> Result<(), String> {
    let data = scenario.as_object_mut().unwrap().entry("data");
    let data = data.or_insert_with(|| json!({}));
    if data.get("question").is_none() {
        data["question"] = json!(["What?"]);
    }
    let mut files: BTreeMap<PathBuf, Vec<u8>> = ["document.pdf", "ca.pem", "client.pem"]
        .map(|name| (PathBuf::from(name), b"x".to_vec()))
        .into();
    files.insert("questions.csv".into(), b"question\nWhat?\n".to_vec());
    files.insert("rag.yaml".into(), b"seed: 1\n".to_vec());
    files.insert("s.yaml".into(), scenario.to_string().into_bytes());
    let (environment, overrides) = (Environment::default(), Overrides::default());
    let resolved = load(
        "s.yaml",
        &files,
        &environment,
        &overrides,
        Defaults::of_run(1),
    );
    resolved.map(drop).map_err(|problems| problems.to_string())
}

#[test]
fn every_example_is_one_and_is_read() {
    let schema = schema();
    let whole = jsonschema::validator_for(&schema).unwrap();
    let mut count = 0;
    examples(&[], &schema, &mut |at, example| {
        count += 1;
        let scenario = scenario(at, example);
        let valid = whole.validate(&scenario).map_err(|error| error.to_string());
        assert_eq!(valid, Ok(()), "{at:?}: {scenario}");
        assert_eq!(decoded(scenario), Ok(()), "{at:?}: {example}");
    });
    assert!(count > 100, "{count} examples");
}

/// What one definition of the schema accepts.
fn definition(name: &str) -> Validator {
    let mut schema = schema();
    let definitions = schema["$defs"].take();
    let reference = format!("#/$defs/{name}");
    jsonschema::validator_for(&json!({ "$ref": reference, "$defs": definitions })).unwrap()
}

static DURATION: LazyLock<Validator> = LazyLock::new(|| definition("duration"));
static RATE: LazyLock<Validator> = LazyLock::new(|| definition("rate"));
static CONDITION: LazyLock<Validator> = LazyLock::new(|| definition("condition"));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn durations_are_those_the_decoder_reads(text in "([0-9.]{1,3}(ms|s|m|h|d|x| )){0,4}[0-9.]{0,3}") {
        let valid = DURATION.is_valid(&json!(text));
        prop_assert_eq!(valid, parse_duration(&text).is_ok(), "{:?}", text);
    }

    #[test]
    fn rates_are_those_the_decoder_reads(text in " ?[0-9.]{0,3} ?(/ ?(ms|s|m|h|d|x|))?") {
        let valid = RATE.is_valid(&json!(text));
        prop_assert_eq!(valid, parse_rate(&text).is_ok(), "{:?}", text);
    }

    #[test]
    fn conditions_are_those_the_decoder_reads(
        metric in "p|p0|p5|P95|p100|p101|p99\\.9|avg|med|error_rate|fail_ratio|rps|req/s|requests|failures|retries|x\
            |ttft_p95|tpot_p0|ttft|waiting_max|stage:a b_avg|goodput|degraded|source_count_avg|tokens_per_second_p5",
        sign in " ?(<|<=|>|>=|==|!=|=|<>) ?",
        limit in "[0-9.]{0,3} ?(%|/s|ms|s|m| 3s|)",
        over in "( over (20s|1m30s|x))?",
    ) {
        let text = format!("{metric}{sign}{limit}{over}");
        let valid = CONDITION.is_valid(&json!(text));
        let request = json!({ "post": "/q", "response": {}, "slo": { "response_time": "1s" } });
        let mut scenario = in_tasks(&request);
        scenario["thresholds"] = json!([text]);
        prop_assert_eq!(valid, decoded(scenario).is_ok(), "{:?}", text);
    }
}

//! The JSON Schema of scenario files, as an editor uses it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot find its text has failed"
)]

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use ragload::files::shipped::{SCHEMA, SHIPPED};

use crate::tools::project;

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA.text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

/// What an editor underlines in a scenario, a line each: path and reason.
pub(crate) fn problems(yaml: &str) -> String {
    let mut value: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    value.apply_merge().unwrap();
    let value = serde_json::to_value(value).unwrap();
    let problems = VALIDATOR.iter_errors(&value);
    let lines = problems.map(|error| format!("{}: {error}\n", error.instance_path()));
    lines.collect()
}

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(SCHEMA.text).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    // Editors that know no newer one must get by with it.
    jsonschema::draft7::meta::validate(&schema).unwrap();
    for keyword in ["unevaluatedProperties", "prefixItems", "dependentSchemas"] {
        assert!(!SCHEMA.text.contains(keyword), "{keyword}");
    }
}

#[test]
fn what_ships_and_what_is_compared_with_locust_is_valid() {
    for file in SHIPPED {
        assert_eq!(problems(file.text), "", "{}", file.name);
    }
    for file in ["tests/locust/rag.yaml", "tests/locust/probes.yaml"] {
        let text = std::fs::read_to_string(project(file)).unwrap();
        assert_eq!(problems(&text), "", "{file}");
    }
}

#[test]
fn what_the_decoder_refuses_is_underlined_where_a_schema_can_say_so() {
    for (yaml, place) in [
        ("usres: 5", ""),
        (
            "user_classes: [{ name: A, wieght: 2, tasks: [{ get: / }] }]",
            "/user_classes/0",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ got: / }] }]",
            "/user_classes/0/tasks/0",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ get: /, put: / }] }]",
            "/user_classes/0/tasks/0",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ get: x }] }]",
            "/user_classes/0/tasks/0/get",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ get: /, weight: 0 }] }]",
            "/user_classes/0/tasks/0/weight",
        ),
        (
            "user_classes: [{ name: A, wait_time: { betwen: [1s, 2s] }, tasks: [{ get: / }] }]",
            "/user_classes/0/wait_time",
        ),
        (
            "user_classes: [{ name: A, wait_time: { between: [1s] }, tasks: [{ get: / }] }]",
            "/user_classes/0/wait_time",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ get: /, expect: { status: 700 } }] }]",
            "/user_classes/0/tasks/0/expect/status",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ get: /, expect: { header: { X: { match: a } } } }] }]",
            "/user_classes/0/tasks/0/expect/header",
        ),
        (
            "user_classes: [{ name: A, tasks: [{ get: /, ca_cert: a.pem }] }]",
            "/user_classes/0/tasks/0",
        ),
        ("users: none", "/users"),
        ("users: 0", "/users"),
        ("run_time: 5 minutes", "/run_time"),
        ("spawn-rate: fast", "/spawn-rate"),
        ("thresholds: [p95 < 2]", "/thresholds"),
        ("thresholds: [{ chek: p95 < 2s }]", "/thresholds"),
        ("stop_if: [{ check: p95 < 2s, abort: true }]", "/stop_if"),
        ("stages: [{ users: 5 }]", "/stages/0"),
        ("stages: [{ users: 5, ramp_to: 6, for: 2m }]", "/stages/0"),
        ("data: { q: { inline: [a], file: b.csv } }", "/data/q"),
        ("data: { q: { inline: [a], order: zipff } }", "/data/q"),
        ("data: { q: [] }", "/data/q"),
        ("data: { 2q: [a] }", "/data"),
        ("insecure: maybe", "/insecure"),
    ] {
        let found = problems(yaml);
        assert!(found.starts_with(&format!("{place}: ")), "{yaml}\n{found}");
    }
}

#[test]
fn nothing_is_underlined_without_need() {
    for yaml in [
        "x-notes: { anything: [1] }\nx_more: 1",
        "run-time: 2m\nuser-classes: [{ name: A, fixed-count: 2, wait-time: 1s, tasks: [{ get: / }] }]",
        "users: '5'\nrun_time: 20\nstop_timeout: 0\nseed: ${SEED:-1}\npreflight: off\nhost: ${HOST:-localhost}",
        "x-a: &a { get: /x }\nuser_classes: [{ name: A, tasks: [{ <<: *a, weight: 2 }] }]",
        "thresholds: p95 < 2s\nstop_if: { check: \"error_rate > 50%\", over: 20s }",
        "user_classes: [{ name: 7, weight: 0.5, headers: { A: 1, B: null }, tasks: [{ get: '${PATH}' }] }]",
    ] {
        assert_eq!(problems(yaml), "", "{yaml}");
    }
}

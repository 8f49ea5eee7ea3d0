//! Every way for a request to go wrong, once each, in the words of both.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::runtime::Runtime;

use super::both::{Workload, alone, nobody};
use super::table::Table;
use crate::transport::server::Server;

/// What ragload says otherwise, and why it must.
const OTHERWISE: [(&str, &str, &str); 3] = [
    (
        "GET /reset, kept",
        "reused connection closed before a response",
        "a keep-alive race is told from a crash, on purpose",
    ),
    (
        "GET /close, kept",
        "reused connection closed before a response",
        "the same",
    ),
    (
        "GET /bad-gzip",
        "ContentDecodingError: Invalid gzip header",
        "Locust shows the words of Python's zlib",
    ),
];

#[test]
#[ignore = "scripts/test.sh runs it"]
fn what_goes_wrong_is_called_what_the_real_locust_calls_it() {
    let _alone = alone();
    let runtime = Runtime::new().expect("threads");
    let server = runtime.block_on(Server::start());
    let (host, nobody) = (format!("http://{}", server.address), nobody());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let workload = Workload {
        host: &host,
        files: ["tests/locust/probes.py", "tests/locust/probes.yaml"],
        users: 1,
        spawn_rate: 1,
        run_time: "5s",
        wait: [100, 300],
        options: &["--json"],
        variables: &[("NOBODY", &nobody)],
    };

    let locust = workload.by_locust(folder.path());
    let ours = workload.by_ragload(folder.path());

    assert_eq!(locust.exit_code, Some(1), "{}", locust.stderr);
    assert_eq!(ours.exit_code, Some(1), "{}", ours.stderr);
    let counted = [&locust, &ours].map(|outcome| {
        let stats = Table::read(&outcome.stats);
        let columns = ["Type", "Name", "Request Count", "Failure Count"];
        let rows = stats.select(&columns).into_iter();
        rows.map(|row| row.join(" ")).collect::<Vec<_>>()
    });
    assert_eq!(counted[0], counted[1]);
    let [theirs, mut our_words] = [&locust, &ours].map(|outcome| words(&outcome.failures));
    for (endpoint, word, reason) in OTHERWISE {
        let said = our_words.get(endpoint).map(String::as_str);
        assert_eq!(said, Some(word), "{endpoint}: {reason}");
        let theirs = theirs.get(endpoint).expect("a failure in Locust too");
        our_words.insert(endpoint.to_owned(), theirs.clone());
    }
    assert_eq!(theirs, our_words);
    assert_eq!(json_form(&locust.stdout), json_form(&ours.stdout));
}

/// Errors by endpoint.
fn words(failures: &std::path::Path) -> BTreeMap<String, String> {
    let failures = Table::read(failures);
    let rows = failures.select(&["Method", "Name", "Error"]).into_iter();
    rows.map(|row| (format!("{} {}", row[0], row[1]), row[2].to_owned()))
        .collect()
}

/// Of every entry of `--json`: its endpoint, its keys in their order and the types of their values.
/// The entries themselves stand by name in ours, by their first request in Locust's.
fn json_form(stdout: &str) -> Vec<(String, Vec<String>)> {
    let entries: Vec<serde_json::Map<String, Value>> =
        serde_json::from_str(stdout).unwrap_or_else(|error| panic!("{error}:\n{stdout}"));
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    let mut forms: Vec<_> = entries
        .iter()
        .map(|entry| {
            let fields = entry
                .iter()
                .map(|(key, value)| format!("{key}: {}", kind(value)));
            (
                format!("{} {}", entry["method"], entry["name"]),
                fields.collect(),
            )
        })
        .collect();
    forms.sort();
    forms
}

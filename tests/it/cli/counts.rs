//! What the client counts is what the server counts, per endpoint and status, whatever goes wrong.

#![expect(
    clippy::unwrap_used,
    reason = "a record without its parts fails the test"
)]

use std::collections::BTreeMap;

use ragload::demo::Faults;
use serde_json::Value;

use super::program::Folder;
use super::running::ran;
use super::service::Service;

/// Requests by `METHOD /path`, then by how they ended.
type Tally = BTreeMap<String, BTreeMap<String, u64>>;

const MIXED: &str = "
users: 20
spawn_rate: 100
run_time: 2500ms
user_classes:
  - name: Mixed
    wait_time: { constant: 5ms }
    tasks:
      - { name: query, weight: 3, post: /query, json: { query: hi }, timeout: 300ms }
      - { name: retrieval, weight: 2, get: /retrieval, params: { query: hi }, timeout: 300ms }
      - { name: health, get: /health }
";

/// What the client counted: statuses, and failures without one by their text.
fn client_tally(record: &Value) -> Tally {
    let mut tally = Tally::new();
    for row in record["rows"].as_array().unwrap() {
        let endpoint = &row["endpoint"];
        let name = format!("{} {}", text(&endpoint["method"]), text(&endpoint["name"]));
        let into = tally.entry(name).or_default();
        // Status 0 is none at all: those are among the failures.
        let statuses = row["statuses"].as_array().unwrap();
        for pair in statuses.iter().filter(|pair| pair[0] != 0) {
            into.insert(pair[0].to_string(), pair[1].as_u64().unwrap());
        }
        if let cut @ 1.. = row["interrupted"].as_u64().unwrap() {
            into.insert("cut off".to_owned(), cut);
        }
    }
    for failure in record["failures"].as_array().unwrap() {
        let name = format!(
            "{} {}",
            text(&failure["endpoint"]["method"]),
            text(&failure["endpoint"]["name"])
        );
        let count = failure["occurrences"].as_u64().unwrap();
        let into = tally.get_mut(&name).unwrap();
        let Some(ending) = ending(text(&failure["error"])) else {
            continue;
        };
        *into.entry(ending.to_owned()).or_default() += count;
        if ending == "truncated" {
            // Its status arrived before it broke off.
            *into.get_mut("200").unwrap() -= count;
        }
    }
    tally
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// The server's word for a failure that is no status.
fn ending(error: &str) -> Option<&'static str> {
    if error.contains("Server Error") || error.contains("Client Error") {
        None
    } else if error.contains("reset by peer") || error.starts_with("reused connection closed") {
        Some("reset")
    } else if error.contains("IncompleteRead") {
        Some("truncated")
    } else if error.contains("timed out") {
        Some("hang")
    } else {
        panic!("a failure that the server did not mean: {error}")
    }
}

/// What the server counted, without the pre-flight check.
fn server_tally(service: &Service) -> Tally {
    let mut tally = service.counts();
    let health = tally.get_mut("GET /health").unwrap();
    *health.get_mut("200").unwrap() -= 1;
    health.retain(|_, count| *count > 0);
    tally.retain(|_, row| !row.is_empty());
    tally
}

#[test]
fn client_and_server_count_the_same_whatever_goes_wrong() {
    let service = Service::with(Faults {
        error_rate: Some(0.1),
        reset_rate: Some(0.1),
        hang_rate: Some(0.02),
        truncate_rate: Some(0.1),
        rate_limit: Some(300.0),
        ..Faults::default()
    });
    let folder = Folder::new();
    folder.write("mixed.yaml", MIXED);
    ran(folder.ragload(&["run", "mixed.yaml", "-H", &service.host()])).expect(1);
    let (client, server) = (
        client_tally(&folder.record("mixed")),
        server_tally(&service),
    );
    assert_eq!(client, server);
    for ending in ["200", "429", "500", "hang", "reset", "truncated"] {
        assert!(
            server["POST /query"].contains_key(ending),
            "{ending}: {server:?}"
        );
    }
}

/// What client and server counted of a run that Ctrl+C ends.
#[cfg(unix)]
fn interrupted(stop_timeout: &str) -> (Tally, Tally) {
    use super::running::{start, until};

    let service = Service::slow(std::time::Duration::from_millis(40));
    let folder = Folder::new();
    folder.write("mixed.yaml", MIXED);
    let host = service.host();
    let run = ["run", "mixed.yaml", "-t", "60s", "-H", &host];
    let running = start(folder.ragload(&[&run[..], &["-s", stop_timeout]].concat()));
    until("the run is under way", || service.requests() > 200);
    running.signal("INT");
    running.end().expect(130);
    let client = client_tally(&folder.record("mixed"));
    (client, server_tally(&service))
}

#[cfg(unix)]
#[test]
fn client_and_server_count_the_same_when_ctrl_c_lets_requests_finish() {
    let (client, server) = interrupted("30s");
    assert_eq!(client, server);
}

#[cfg(unix)]
#[test]
fn what_ctrl_c_cuts_off_is_all_that_may_be_missing_on_either_side() {
    let (client, server) = interrupted("0s");
    for (name, row) in &client {
        let cut = row.get("cut off").copied().unwrap_or_default();
        let done = row.values().sum::<u64>() - cut;
        // A request may be cut off before the server has read it, or while its answer is on the way.
        let seen: u64 = server[name].values().sum();
        assert!(
            (done..=done + cut).contains(&seen),
            "{client:?}\n{server:?}"
        );
        assert_eq!(row["200"], done, "{client:?}");
    }
    let cut: u64 = client.values().filter_map(|row| row.get("cut off")).sum();
    assert!(cut > 0, "{client:?}");
}

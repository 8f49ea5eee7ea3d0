//! What the client counts is what the server counts, per endpoint and status, whatever goes wrong.

use std::collections::BTreeMap;

use ragload::demo::Faults;
use serde_json::Value;

use super::program::{Folder, ran};
use super::service::Service;

/// Requests by `METHOD /path`, then by how they ended.
type Tally = BTreeMap<String, BTreeMap<String, u64>>;

const MIXED: &str = "
users: 20
spawn_rate: 100
run_time: 2500ms
user_classes:
  - wait_time: { constant: 5ms }
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
        for pair in row["statuses"].as_array().unwrap() {
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
    } else if error.contains("reset by peer") {
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

#[cfg(unix)]
#[test]
fn client_and_server_count_the_same_over_a_run_that_is_interrupted() {
    use std::time::Duration;

    use super::program::{start, until};

    for (stop_timeout, cuts) in [("30s", false), ("0s", true)] {
        let service = Service::slow(Duration::from_millis(40));
        let folder = Folder::new();
        folder.write("mixed.yaml", MIXED);
        let host = service.host();
        let running = start(folder.ragload(&[
            "run",
            "mixed.yaml",
            "-t",
            "60s",
            "-s",
            stop_timeout,
            "-H",
            &host,
        ]));
        until("the run is under way", || service.requests() > 200);
        running.signal("INT");
        running.end().expect(130);
        let record = folder.record("mixed");
        // A request that was cut off may be noticed a moment later.
        until("every request is accounted for", || {
            sums(&server_tally(&service)) == sums(&client_tally(&record))
        });
        let (client, server) = (client_tally(&record), server_tally(&service));
        let cut: u64 = client.values().filter_map(|row| row.get("cut off")).sum();
        assert_eq!(cut > 0, cuts, "{client:?}");
        if !cuts {
            assert_eq!(client, server);
        }
    }
}

/// All requests of each endpoint.
fn sums(tally: &Tally) -> Vec<(&str, u64)> {
    let sum = |row: &BTreeMap<String, u64>| row.values().sum();
    tally
        .iter()
        .map(|(name, row)| (name.as_str(), sum(row)))
        .collect()
}

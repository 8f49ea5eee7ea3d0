//! Limits that a service tells of, and requests sent again because of them, to everyone who looks.

use ragload::demo::Faults;
use serde_json::{Value, json};

use super::super::program::Folder;
use super::super::service::Service;
use super::site::Site;

/// A scenario that asks more often than this service likes, and again after a while.
pub(super) const AGAIN: &str = "
users: 6
spawn_rate: 100
user_classes:
  - name: Again
    wait_time: { constant: 50ms }
    tasks:
      - { name: ask, post: /query, json: { query: What is BM25? }, retry: 2 }
";

/// A service with a limit, and a run of a minute against it that has met the limit.
pub(super) fn limited(folder: &Folder) -> (Service, Site) {
    folder.write("quick.yaml", AGAIN);
    let service = Service::with(Faults {
        rate_limit: Some(20.0),
        ..Faults::default()
    });
    let site = Site::quick(folder, &service.host(), &[]);
    site.post_json("/api/v1/start", &json!({ "run_time": "60s" }))
        .expect(200);
    site.until("something is sent again", |state| {
        state["aggregated"]["retries"].as_u64() > Some(0)
    });
    (service, site)
}

#[test]
fn budgets_and_retries_are_told_by_the_web_api_and_the_metrics_alike() {
    let folder = Folder::new();
    let (_service, site) = limited(&folder);
    site.post("/api/v1/stop", "").expect(200);
    site.until("it is over", |state| state["state"] == "stopped");
    let (state, metrics) = (site.state(), site.get("/metrics").expect(200).body);
    let row = &state["requests"][0];
    let lowest = &row["rate_limits"]["lowest"][0];
    let labels = r#"{scenario="quick",method="POST",name="/query""#;
    let retries = format!("ragload_retries_total{labels}}} {}\n", row["retries"]);
    let left = &lowest["remaining"];
    let left = format!("ragload_lowest_remaining_budget{labels},counted=\"requests\"}} {left}\n");
    let wait = format!("ragload_longest_retry_after_seconds{labels}}} ");
    for told in [retries, left, wait] {
        assert!(metrics.contains(&told), "{told} is not in:\n{metrics}");
    }
    let limits = &state["limits"];
    let heads = [
        "Requests left",
        "Tokens left",
        "Longest Retry-After",
        "Retries",
    ];
    assert_eq!(limits["heads"], json!(heads));
    let cell = limits["rows"][0]["cells"][0].as_str().expect("a text");
    assert!(cell.starts_with("0 of 20 at 00:0"), "{cell}");
}

#[test]
fn nothing_is_said_of_limits_where_there_are_none() {
    let (folder, service) = (Folder::quick(""), Service::start());
    let site = Site::quick(&folder, &service.host(), &["-t", "1s"]);
    site.post("/api/v1/start", "").expect(200);
    site.until("it is over", |state| state["state"] == "stopped");
    assert_eq!(site.state()["limits"], Value::Null);
    let metrics = site.get("/metrics").expect(200).body;
    assert!(!metrics.contains("budget") && !metrics.contains("retry_after"));
}

#[test]
fn measures_have_the_names_of_the_report() {
    let (folder, service) = (Folder::new(), Service::start());
    let scenario = "preset: openai-chat\nquestions: [What is BM25?]\nusers: 2\n";
    folder.write("quick.yaml", scenario);
    let site = Site::quick(&folder, &service.host(), &["-t", "2s"]);
    site.post("/api/v1/start", "").expect(200);
    site.until("it is over", |state| state["state"] == "stopped");
    let measures = site.state()["measures"].clone();
    let report = site.get("/stats/report").expect(200).body;
    for measure in measures.as_array().expect("measures") {
        let title = measure["title"].as_str().expect("a title");
        assert!(report.contains(&format!(">{title}</th>")), "{title}");
    }
    assert!(measures.to_string().contains("\"Time to first event\""));
}

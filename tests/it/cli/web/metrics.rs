//! `/metrics`, as Prometheus reads it.

use std::collections::BTreeMap;

use ragload::demo::Faults;

use super::super::program::Folder;
use super::super::service::Service;
use super::site::Site;

/// The samples of a text by name and labels.
fn samples(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').expect("a name and a value"))
        .collect()
}

#[test]
fn counts_are_those_of_the_run_by_endpoint_and_class_of_status() {
    let service = Service::with(Faults {
        error_rate: Some(0.5),
        ..Faults::default()
    });
    let folder = Folder::quick("thresholds: [error_rate < 1%]");
    let site = Site::quick(&folder, &service.host(), &["-t", "2s"]);
    let before = site.get("/metrics").expect(200);
    assert!(before.headers["content-type"].starts_with("application/openmetrics-text"));
    assert_eq!(samples(&before.body)["ragload_running"], "0");
    site.post("/api/v1/start", "").expect(200);
    site.until("it is over", |state| state["state"] == "stopped");
    let text = site.get("/metrics").expect(200).body;
    assert!(text.ends_with("# EOF\n"));
    let samples = samples(&text);
    // A class that was never answered has no sample.
    let count = |name: &str| {
        samples
            .get(name)
            .map_or(0, |n| n.parse::<u64>().expect("a count"))
    };
    let all = samples
        .keys()
        .filter(|name| name.starts_with("ragload_requests_total{"));
    let requests = folder.record("quick")["aggregated"]["requests"].as_u64();
    assert_eq!(Some(all.map(|name| count(name)).sum()), requests);
    let query = r#"scenario="quick",method="POST",name="/query""#;
    let of_class = |class: &str| {
        count(&format!(
            "ragload_requests_total{{{query},status_class=\"{class}\"}}"
        ))
    };
    let times = count(&format!("ragload_response_time_seconds_count{{{query}}}"));
    assert!(times > 0);
    assert_eq!(of_class("2xx") + of_class("5xx"), times);
    assert_eq!(
        count(&format!("ragload_failures_total{{{query}}}")),
        of_class("5xx")
    );
    let last = format!("ragload_response_time_seconds_bucket{{le=\"+Inf\",{query}}}");
    assert_eq!(count(&last), times);
    let broken = r#"ragload_threshold_broken{scenario="quick",threshold="error_rate < 1%"}"#;
    assert_eq!(samples[broken], "1");
    assert!(!text.contains("127.0.0.1"), "an address became a label");
}

//! The shared RAG workload against a service with faults: the failures, and the server's own count.

use std::collections::BTreeSet;

use ragload::demo::{DemoConfig, Faults, Latency};

use super::both::{Service, alone};
use super::figures::workload;
use super::form::{files_have_the_same_form, tables_look_the_same};
use super::table::Table;

#[test]
#[ignore = "scripts/test.sh runs it"]
fn injected_failures_are_worded_and_counted_as_the_real_locust_does() {
    let _alone = alone();
    let service = Service::start(DemoConfig {
        latency: Latency::none(),
        faults: Faults {
            error_rate: Some(0.1),
            rate_limit: Some(30.0),
            ..Faults::default()
        },
        ..DemoConfig::default()
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Requests in flight at the end are finished, so that both sides know of them.
    let workload = workload(&service.host, "6s", &["--stop-timeout", "5"]);

    let locust = workload.by_locust(folder.path());
    let answered_locust = service.counts();
    let ours = workload.by_ragload(folder.path());
    let answered_ours = service.counts();

    assert_eq!(locust.exit_code, Some(1), "{}", locust.stderr);
    assert_eq!(ours.exit_code, Some(1), "{}", ours.stderr);
    files_have_the_same_form(&locust, &ours);
    tables_look_the_same(&locust.stderr, &ours.stderr);
    let failures = [&locust, &ours].map(|outcome| Table::read(&outcome.failures));
    let [theirs, our_rows] = [&failures[0], &failures[1]].map(|table| -> BTreeSet<Vec<&str>> {
        table
            .select(&["Method", "Name", "Error"])
            .into_iter()
            .collect()
    });
    assert_eq!(theirs, our_rows);
    for (outcome, answered) in [(&locust, answered_locust), (&ours, answered_ours)] {
        for (endpoint, statuses) in &answered {
            for (status, count) in statuses.iter().filter(|(status, _)| *status != "200") {
                let reported = reported(&outcome.stderr, endpoint, status);
                assert_eq!(reported, *count, "{endpoint} {status}\n{}", outcome.stderr);
            }
        }
    }
}

/// How many answers of that status the error report has: Locust's files may miss the last second.
fn reported(stderr: &str, endpoint: &str, status: &str) -> u64 {
    let line = stderr
        .lines()
        .find(|line| line.contains(&format!("{endpoint}: HTTPError('{status} ")));
    let line = line.unwrap_or_else(|| panic!("no {status} of {endpoint}:\n{stderr}"));
    let count = line.split_whitespace().next().unwrap_or_default();
    count.parse().expect("a count")
}

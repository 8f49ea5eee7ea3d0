//! The shared RAG workload against a healthy service: figures, users, exit code.

use std::collections::BTreeMap;
use std::time::Duration;

use ragload::demo::{DemoConfig, Latency};

use super::both::{Service, Workload, alone};
use super::form::{files_have_the_same_form, tables_look_the_same};
use super::sampling::{Pace, mean_square, shares_agree, user_seconds};
use super::table::Table;

const USERS: u32 = 20;
const SPAWN_RATE: u32 = 5;
/// A tenth of the workload's one to three seconds.
const WAIT: [u32; 2] = [100, 300];
pub(super) const NAMES: [&str; 3] = ["/health", "/query", "/retrieval"];

/// The shared workload at the pace of this test.
pub(super) fn workload<'a>(
    host: &'a str,
    run_time: &'a str,
    options: &'a [&'a str],
) -> Workload<'a> {
    Workload {
        host,
        files: ["tests/locust/locustfile.py", "tests/locust/rag.yaml"],
        users: USERS,
        spawn_rate: SPAWN_RATE,
        run_time,
        wait: WAIT,
        options,
        variables: &[],
    }
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_healthy_run_gives_what_the_real_locust_gives() {
    let _alone = alone();
    // Slow enough that the milliseconds Python itself takes on a busy machine do not count, and
    // narrow enough that medians of some hundred requests are within a few percent.
    let latency = Latency {
        retrieval: Duration::from_millis(50),
        llm: Duration::from_millis(80),
        sigma: 0.2,
        ..Latency::default()
    };
    let service = Service::start(DemoConfig {
        latency,
        ..DemoConfig::default()
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let workload = workload(&service.host, "14s", &[]);

    let locust = workload.by_locust(folder.path());
    let ours = workload.by_ragload(folder.path());

    assert_eq!(locust.exit_code, Some(0), "{}", locust.stderr);
    assert_eq!(ours.exit_code, Some(0), "{}", ours.stderr);
    files_have_the_same_form(&locust, &ours);
    tables_look_the_same(&locust.stderr, &ours.stderr);
    let stats = [&locust, &ours].map(|outcome| Table::read(&outcome.stats));
    the_mix_agrees(&stats);
    the_rate_agrees(&stats);
    response_times_agree(&stats);
    let histories = [&locust, &ours].map(|outcome| Table::read(&outcome.history));
    users_come_at_the_same_pace(&histories);
}

fn the_mix_agrees([theirs, ours]: &[Table; 2]) {
    let count = |table: &Table, name| table.number(name, "Request Count");
    for name in NAMES {
        let [a, b] = [theirs, ours].map(|table| (count(table, name), count(table, "Aggregated")));
        assert!(shares_agree(a, b), "{name}: Locust {a:?}, ragload {b:?}");
    }
}

fn the_rate_agrees(stats: &[Table; 2]) {
    let [shortest, longest] = WAIT.map(|wait| f64::from(wait) / 1000.0);
    let (mean, span) = (f64::midpoint(shortest, longest), longest - shortest);
    let [theirs, ours] = [&stats[0], &stats[1]].map(pace);
    assert!(
        theirs.agrees(&ours, span),
        "Locust {theirs:?}, ragload {ours:?}"
    );
    assert!(ours.fits(mean, span), "{ours:?}");
}

fn pace(stats: &Table) -> Pace {
    let all = |column| stats.number("Aggregated", column);
    let requests = all("Request Count");
    let labels = [
        (0.0, "Min Response Time"),
        (0.5, "50%"),
        (0.66, "66%"),
        (0.75, "75%"),
        (0.8, "80%"),
        (0.9, "90%"),
        (0.95, "95%"),
        (0.98, "98%"),
        (0.99, "99%"),
        (0.999, "99.9%"),
        (1.0, "100%"),
    ];
    let quantiles = labels.map(|(share, label)| (share, all(label) / 1000.0));
    let mean = all("Average Response Time") / 1000.0;
    let deviation = (mean_square(&quantiles) - mean * mean).max(0.0).sqrt();
    Pace {
        requests,
        // Until the last request that the file has.
        user_seconds: user_seconds(USERS, SPAWN_RATE, requests / all("Requests/s")),
        response: (mean, deviation),
    }
}

fn response_times_agree([theirs, ours]: &[Table; 2]) {
    for name in ["/query", "/retrieval"] {
        for (column, tolerance) in [
            ("Median Response Time", 0.15),
            ("Average Response Time", 0.15),
            ("90%", 0.25),
            ("Average Content Size", 0.05),
        ] {
            let [theirs, ours] = [theirs, ours].map(|table| table.number(name, column));
            let apart = (ours / theirs - 1.0).abs();
            assert!(apart <= tolerance, "{name} {column}: {theirs}, {ours}");
        }
    }
}

fn users_come_at_the_same_pace(histories: &[Table; 2]) {
    let [theirs, ours] = [&histories[0], &histories[1]].map(users_by_second);
    let mut compared = 0;
    // Not the last second, where they leave.
    for (second, theirs) in theirs.range(..13) {
        let Some(ours) = ours.get(second) else {
            continue; // A clock that drifts skips a second now and then.
        };
        let apart = theirs.abs_diff(*ours);
        assert!(
            apart <= u64::from(SPAWN_RATE),
            "after {second} s: {theirs}, {ours}"
        );
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} seconds are in both");
    for users in [&theirs, &ours] {
        assert_eq!(users.values().max(), Some(&u64::from(USERS)));
    }
}

/// Users by the seconds since the first ones.
fn users_by_second(history: &Table) -> BTreeMap<u64, u64> {
    let numbers = |row: Vec<&str>| -> Vec<u64> {
        row.iter()
            .map(|field| field.parse().expect("an int"))
            .collect()
    };
    let rows: Vec<Vec<u64>> = history
        .select(&["Timestamp", "User Count"])
        .into_iter()
        .map(numbers)
        .collect();
    let began = rows.iter().find(|row| row[1] > 0).expect("users")[0];
    let later = rows.iter().filter(|row| row[0] >= began);
    // The first row of a second: at the end, users leave within one.
    later.rev().map(|row| (row[0] - began, row[1])).collect()
}

//! The shared RAG workload, healthy and with faults: files, tables, rates, exit codes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use ragload::demo::{DemoConfig, Faults, Latency};

use super::both::{Service, Workload, alone};
use super::sampling::{Pace, mean_square, shares_agree, user_seconds};
use super::table::{Form, Table};
use crate::locust::{LocustOutcome, csv_header};

const USERS: u32 = 20;
const SPAWN_RATE: u32 = 5;
/// A tenth of the workload's one to three seconds.
const WAIT: [u32; 2] = [100, 300];
const NAMES: [&str; 3] = ["/health", "/query", "/retrieval"];

fn workload<'a>(host: &'a str, run_time: &'a str, options: &'a [&'a str]) -> Workload<'a> {
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

fn files(outcome: &LocustOutcome) -> [&Path; 4] {
    [
        &outcome.stats,
        &outcome.history,
        &outcome.failures,
        &outcome.exceptions,
    ]
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_healthy_run_gives_what_the_real_locust_gives() {
    let _alone = alone();
    let latency = Latency {
        llm: Duration::from_millis(80),
        sigma: 0.3,
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

fn files_have_the_same_form(locust: &LocustOutcome, ours: &LocustOutcome) {
    for (theirs, ours) in files(locust).into_iter().zip(files(ours)) {
        assert_eq!(csv_header(theirs), csv_header(ours));
        let is_history = theirs == locust.history;
        let [theirs, ours] = [theirs, ours].map(Table::read);
        assert_eq!(row_sets(&theirs), row_sets(&ours));
        for column in &theirs.columns {
            let mut forms = [&theirs, &ours].map(|table| table.forms(column, is_history));
            if column.contains("Median") {
                // An int, or a float where it is the minimum or maximum: chance says which.
                forms.iter_mut().for_each(|forms| {
                    forms.remove(&Form::Float);
                });
            }
            let [theirs, ours] = forms;
            assert_eq!(theirs, ours, "column {column}");
        }
    }
}

/// The rows' types and names in their order; of a history, those of every moment, each once.
fn row_sets(table: &Table) -> Vec<Vec<String>> {
    let Some(key) = [["Type", "Name"], ["Method", "Name"]]
        .into_iter()
        .find(|key| table.columns.contains(&key[0].to_owned()))
    else {
        return Vec::new();
    };
    let mut sets: Vec<Vec<String>> = vec![Vec::new()];
    for row in table.select(&key) {
        let is_last = row[1] == "Aggregated";
        if let Some(set) = sets.last_mut() {
            set.push(row.join(" "));
        }
        if is_last {
            sets.push(Vec::new());
        }
    }
    // In the first seconds it is chance which requests have come back already.
    sets.retain(|set| set.len() == NAMES.len() + 1);
    sets.dedup();
    sets
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
    eprintln!(
        "mean cycle: Locust {:.4} s, ragload {:.4} s, bound {:.4} s; {theirs:?} {ours:?}",
        theirs.cycle(),
        ours.cycle(),
        theirs.bound(&ours, span)
    );
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
            eprintln!("{name} {column}: Locust {theirs:.1}, ragload {ours:.1}");
            assert!(apart <= tolerance, "{name} {column}: {theirs}, {ours}");
        }
    }
}

fn users_come_at_the_same_pace(histories: &[Table; 2]) {
    let [theirs, ours] = [&histories[0], &histories[1]].map(users_by_second);
    eprintln!("users by second: Locust {theirs:?}, ragload {ours:?}");
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

/// Headings and rules, in their order; the bodies of the tables are measurements.
fn tables_look_the_same(theirs: &str, ours: &str) {
    let frame = |text: &str| -> Vec<String> {
        let is_frame = |line: &&str| {
            line.starts_with("Type ")
                || line.starts_with("--------")
                || line.starts_with("Response time percentiles")
                || line.starts_with("Error report")
                || line.starts_with("# occurrences")
        };
        text.lines().filter(is_frame).map(str::to_owned).collect()
    };
    let (theirs, ours) = (frame(theirs), frame(ours));
    assert!(theirs.len() >= 7, "{theirs:#?}");
    assert_eq!(theirs, ours);
}

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

//! What people get wrong: each with a clear message and its code, nothing sent, no result touched.

use super::program::{Folder, QUICK};
use super::running::ran;
use super::service::{Nobody, Service, Tripwire};

/// Keys that spoil [`QUICK`], and what is said about them.
const SPOILT: &[(&str, &str)] = &[
    ("uesrs: 5", "unknown key `uesrs`; did you mean `users`?"),
    ("stop_timeout: [1]", "found a list"),
    ("reset_stats: 5", "unknown key `reset_stats`"),
    ("stop_timeout: soon", "is not a duration"),
    ("include: missing.yaml", "missing.yaml: no such file"),
    ("include: quick.yaml", "goes round in a circle"),
    ("description: ${NOWHERE_SET}", "NOWHERE_SET is not set"),
    ("thresholds: [p95 << 2s]", "\"<<\" is no comparison"),
    ("thresholds: [p95 < 2%]", "\"2%\" is no limit for p95"),
    ("data: { q: { file: none.csv } }", "none.csv: no such file"),
    ("data: { q: { file: empty.csv } }", "empty.csv has no rows"),
];

/// Steps of a task, and what is said about them.
const STEPS: &[(&str, &str)] = &[
    ("get: '/{{ nowhere }}'", "nowhere"),
    ("get: /x, expect: { json: { '$[': exists } }", "JSONPath"),
    ("get: /x, expect: { matches: '(' }", "regular expression"),
    ("get: /x, timeout: 5 parsecs", "is not a duration"),
    ("get: /x, post: /y", "post"),
    ("headers: { a: b }", "get"),
];

/// Whole workloads, and what is said about them.
const WORKLOADS: &[(&str, &str)] = &[
    ("users: 5\n", "user_classes"),
    ("user_classes: []\n", "user_classes"),
    ("user_classes: [{ name: A, tasks: [] }]\n", "tasks"),
    (
        "user_classes: [{ name: A, weight: -1, tasks: [{ get: / }] }]\n",
        "found -1",
    ),
    (
        "user_classes: [{ name: A, tasks: [{ get: /, weight: -1 }] }]\n",
        "found -1",
    ),
    (
        "users: 0\nuser_classes: [{ name: A, tasks: [{ get: / }] }]\n",
        "found 0",
    ),
    (
        "users: many\nuser_classes: [{ name: A, tasks: [{ get: / }] }]\n",
        "found many",
    ),
    ("users: [\n", "quick.yaml:"),
    ("", "quick.yaml"),
];

/// Arguments beside the scenario, and what is said about them.
const ARGUMENTS: &[(&[&str], &str)] = &[
    (&["-u", "0"], "--users: must be at least 1, found 0"),
    (&["-u", "-3"], "--users: must be at least 1, found -3"),
    (&["-r", "-3"], "--spawn-rate: must be above 0"),
    (&["-t", "soon"], "--run-time: \"soon\" is not a duration"),
    (&["-H", "http://"], "is not a host"),
    (&["-H", "ftp://localhost"], "only http and https"),
    (
        &["-T", "nosuchtag"],
        "no task is left with nosuchtag; no task has any tag",
    ),
    (&["--set", "usres=5"], "did you mean `users`?"),
    (&["--set", "users"], "PATH=VALUE"),
    (&["--seed", "x"], "--seed"),
    (&["--wait-for", "x"], "--wait-for"),
    (&["--approve-host", "*"], "is not a host"),
];

/// A folder with results of an earlier run, which must stay.
fn folder(scenario: &str) -> Folder {
    let folder = Folder::new();
    folder.write("quick.yaml", scenario);
    folder.write("empty.csv", "question\n");
    for name in ["quick_stats.csv", "quick.html", "quick_run.json"] {
        folder.write(&format!("results/{name}"), "earlier\n");
    }
    folder
}

#[track_caller]
fn refuses(folder: &Folder, arguments: &[&str], code: i32, message: &str) {
    let before = folder.files();
    let ran = ran(folder.ragload(arguments)).expect(code).says(message);
    assert_eq!(ran.stdout, "", "{arguments:?}");
    assert_eq!(folder.files(), before, "{arguments:?}");
    for file in before.iter().filter(|file| file.starts_with("results/")) {
        assert_eq!(folder.read(file), "earlier\n", "{arguments:?}: {file}");
    }
}

#[test]
fn a_spoilt_scenario_is_refused_with_its_place_and_nothing_is_sent() {
    let target = Tripwire::new();
    let host = target.host();
    let mut all: Vec<(String, &str)> = (SPOILT.iter())
        .map(|(keys, message)| (format!("{QUICK}{keys}\n"), *message))
        .collect();
    all.extend(STEPS.iter().map(|(step, message)| {
        let task = format!("user_classes: [{{ name: A, tasks: [{{ name: t, {step} }}] }}]\n");
        (task, *message)
    }));
    all.extend(
        WORKLOADS
            .iter()
            .map(|(text, message)| ((*text).to_owned(), *message)),
    );
    for (scenario, message) in all {
        let folder = folder(&scenario);
        refuses(&folder, &["run", "quick.yaml", "-H", &host], 2, message);
        refuses(&folder, &["check", "quick.yaml", "-H", &host], 2, message);
        let locust = ["-f", "quick.yaml", "--headless", "-H", &host];
        refuses(&folder, &locust, 2, message);
    }
    assert_eq!(target.touched(), 0);
}

#[test]
fn spoilt_arguments_are_refused_and_nothing_is_sent() {
    let target = Tripwire::new();
    let host = target.host();
    for (arguments, message) in ARGUMENTS {
        let folder = folder(QUICK);
        let mut all = vec!["run", "quick.yaml"];
        all.extend_from_slice(arguments);
        if !arguments.contains(&"-H") {
            all.extend(["-H", &host]);
        }
        refuses(&folder, &all, 2, message);
    }
    assert_eq!(target.touched(), 0);
}

#[test]
fn every_problem_is_told_at_once_each_with_its_line() {
    let folder = folder(&format!("{QUICK}uesrs: 5\nthresholds: [p95 << 2s]\n"));
    let ran = ran(folder.ragload(&["check", "quick.yaml"])).expect(2);
    ran.says("quick.yaml:11").says("quick.yaml:12");
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let folder = folder(QUICK);
    refuses(&folder, &["run", "smoek"], 2, "did you mean `smoke`?");
    refuses(&folder, &["run", "none.yaml"], 2, "none.yaml: no such file");
    refuses(
        &folder,
        &["runn", "smoke"],
        2,
        "a similar subcommand exists: 'run'",
    );
    refuses(&folder, &["smoke"], 2, "ragload run smoke");
    refuses(&folder, &["--headless"], 2, "name a scenario with -f");
    refuses(
        &folder,
        &["-f", "locustfile.py", "--headless"],
        2,
        "Python locustfile",
    );
    refuses(&folder, &["-f", "smoke", "--web-login"], 2, "--web-auth");
    refuses(
        &folder,
        &["-f", "smoke", "--headless", "--master"],
        2,
        "--master is not supported",
    );
    refuses(
        &folder,
        &["-f", "smoke", "--headless", "Nobody"],
        2,
        "known: RagUser",
    );
}

#[test]
fn a_target_that_must_not_or_cannot_be_reached_leaves_results_alone() {
    let (folder, nobody) = (folder(QUICK), Nobody::new());
    let unreachable = ["run", "quick.yaml", "-H", &nobody.host()];
    refuses(&folder, &unreachable, 3, "was not answered");
    let unapproved = ["run", "quick.yaml", "-H", "http://example.com"];
    refuses(&folder, &unapproved, 3, "is not approved for load");
}

#[test]
fn results_that_cannot_be_written_are_found_out_before_anything_is_sent() {
    let (folder, service) = (folder(QUICK), Service::start());
    folder.write("taken", "a file");
    let host = service.host();
    let run = ["run", "quick.yaml", "-H", &host];
    let with = |more: &[&'static str]| [&run[..], more].concat();
    refuses(
        &folder,
        &with(&["--results-dir", "taken"]),
        2,
        "taken is a file, not a folder",
    );
    refuses(
        &folder,
        &with(&["--html", "results"]),
        2,
        "results: is a folder",
    );
    refuses(
        &folder,
        &with(&["--csv", "taken/x"]),
        2,
        "taken/x_stats.csv",
    );
    refuses(&folder, &with(&["--logfile", "taken/log"]), 2, "taken/log");
    assert_eq!(service.requests(), 0);
}

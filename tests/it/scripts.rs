//! The shell scripts, and the benchmarks in Python that they start.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::tools::{project, tool};

/// Every shell script of the project.
fn shell_scripts() -> Vec<PathBuf> {
    let folders = ["scripts", "scripts/lib"].map(project);
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder of scripts"));
    let scripts: Vec<_> = files
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sh"))
        .chain([project(".ci/run")])
        .collect();
    assert!(scripts.len() > 3, "found only {scripts:?}");
    scripts
}

/// Runs it, and fails with what it said when it fails.
#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().expect("a program that starts");
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_shell_script_that_is_run_stops_at_its_first_failure() {
    for path in shell_scripts() {
        if path.parent().is_some_and(|parent| parent.ends_with("lib")) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a script of text");
        let name = path.display();
        assert_eq!(text.lines().next(), Some("#!/usr/bin/env bash"), "{name}");
        assert!(
            text.lines().any(|line| line == "set -euo pipefail"),
            "{name}"
        );
    }
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn shellcheck_has_nothing_to_say() {
    let mut shellcheck = Command::new(tool("shellcheck"));
    shellcheck
        .current_dir(project(""))
        .arg("--external-sources");
    succeeds(shellcheck.args(shell_scripts()));
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_benchmarks_read_what_every_generator_says_and_ragload_takes_their_scenarios() {
    let mut python = Command::new(tool("python3"));
    python.current_dir(project("scripts/bench"));
    python.env("RAGLOAD", env!("CARGO_BIN_EXE_ragload"));
    succeeds(python.args(["-B", "-m", "unittest"]));
}

/// A guard against a request that suddenly costs far more; the bound and how to find out why are the script's.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "scripts/test.sh runs it"]
fn a_request_costs_no_more_instructions_than_its_bound() {
    let mut count = Command::new(project("scripts/bench-instructions.sh"));
    count.args([
        "--ragload",
        env!("CARGO_BIN_EXE_ragload"),
        "--bound",
        "test",
    ]);
    // Debian's valgrind is a script that looks for the rest of itself beside itself: not beside a link.
    let valgrind = tool("valgrind").canonicalize();
    succeeds(
        count
            .arg("--valgrind")
            .arg(valgrind.expect("a link that leads somewhere")),
    );
}

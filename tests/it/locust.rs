//! The real Locust, pinned by `scripts/setup-tests.sh`: what it does is the measure for ragload.

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use self::server::Server;
use crate::tools::{project, tool};

/// A run by the real Locust, headless.
pub(crate) struct LocustRun<'a> {
    /// What its users do, a file of the project.
    pub(crate) locustfile: &'a str,
    /// The address of the server under test.
    pub(crate) host: &'a str,
    /// Peak number of users.
    pub(crate) users: u32,
    /// Users spawned a second.
    pub(crate) spawn_rate: f64,
    /// Run time in Locust's words: `3s`.
    pub(crate) run_time: &'a str,
    /// Multiplies the workload's wait of one to three seconds.
    pub(crate) wait_scale: f64,
    /// Whether the history has a row for every entry.
    pub(crate) full_history: bool,
    /// Further options.
    pub(crate) options: &'a [&'a str],
    /// Further variables of its environment.
    pub(crate) variables: &'a [(&'a str, &'a str)],
}

impl Default for LocustRun<'_> {
    /// The shared RAG workload, for one user without any hurry.
    fn default() -> Self {
        LocustRun {
            locustfile: "tests/locust/locustfile.py",
            host: "http://127.0.0.1:1",
            users: 1,
            spawn_rate: 1.0,
            run_time: "3s",
            wait_scale: 1.0,
            full_history: false,
            options: &[],
            variables: &[],
        }
    }
}

/// What a finished run of Locust left.
pub(crate) struct LocustOutcome {
    /// The exit code; none when a signal ended it.
    pub(crate) exit_code: Option<i32>,
    /// What `--json` prints.
    pub(crate) stdout: String,
    /// Tables and log lines.
    pub(crate) stderr: String,
    /// `PREFIX_stats.csv`
    pub(crate) stats: PathBuf,
    /// `PREFIX_stats_history.csv`
    pub(crate) history: PathBuf,
    /// `PREFIX_failures.csv`
    pub(crate) failures: PathBuf,
    /// `PREFIX_exceptions.csv`
    pub(crate) exceptions: PathBuf,
}

impl LocustRun<'_> {
    /// Runs it to its end, writing the CSV files under `prefix`.
    pub(crate) fn run(&self, prefix: &Path) -> LocustOutcome {
        let mut command = Command::new(tool("locust"));
        forget_settings_of_the_machine(&mut command);
        command
            .current_dir(prefix.parent().expect("a prefix inside a folder"))
            .env("RAG_WAIT_SCALE", self.wait_scale.to_string())
            .envs(self.variables.iter().copied())
            .args([
                "--headless",
                "--only-summary",
                "-t",
                self.run_time,
                "-H",
                self.host,
            ])
            .args([
                "-u",
                &self.users.to_string(),
                "-r",
                &self.spawn_rate.to_string(),
            ])
            .arg("-f")
            .arg(project(self.locustfile))
            .arg("--csv")
            .arg(prefix)
            .args(self.options);
        if self.full_history {
            command.arg("--csv-full-history");
        }
        let output = command.output().expect("locust starts");
        LocustOutcome::of(&output, prefix)
    }
}

impl LocustOutcome {
    /// What a process left that was given `--csv prefix`.
    pub(crate) fn of(output: &Output, prefix: &Path) -> Self {
        LocustOutcome {
            exit_code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            stats: with_suffix(prefix, "_stats.csv"),
            history: with_suffix(prefix, "_stats_history.csv"),
            failures: with_suffix(prefix, "_failures.csv"),
            exceptions: with_suffix(prefix, "_exceptions.csv"),
        }
    }
}

/// Settings of the machine must not leak into a process: neither `LOCUST_*` nor a proxy.
pub(crate) fn forget_settings_of_the_machine(command: &mut Command) {
    #[expect(
        clippy::disallowed_methods,
        reason = "what the machine sets must be unset"
    )]
    let machine = std::env::vars_os();
    for (name, _) in machine {
        let text = name.to_string_lossy().to_uppercase();
        if text.starts_with("LOCUST_") || text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
}

fn with_suffix(prefix: &Path, suffix: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The first line of a CSV file, with its line end.
pub(crate) fn csv_header(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    text.split_inclusive('\n')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The header that Locust wrote when the fixture was recorded: `stats`, `stats_history`, ….
pub(crate) fn recorded_header(kind: &str) -> String {
    csv_header(&project("tests/fixtures/locust/run").join(format!("run_{kind}.csv")))
}

#[test]
#[ignore = "scripts/test.sh runs it"]
fn the_real_locust_writes_the_headers_that_the_fixtures_have() {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let host = server.host();
    let run = LocustRun {
        host: &host,
        users: 4,
        spawn_rate: 4.0,
        run_time: "3s",
        wait_scale: 0.05,
        ..LocustRun::default()
    };

    let outcome = run.run(&folder.path().join("real"));

    assert_eq!(outcome.exit_code, Some(0), "{}", outcome.stderr);
    assert_eq!(csv_header(&outcome.stats), recorded_header("stats"));
    assert_eq!(
        csv_header(&outcome.history),
        recorded_header("stats_history")
    );
    assert_eq!(csv_header(&outcome.failures), recorded_header("failures"));
    assert_eq!(
        csv_header(&outcome.exceptions),
        recorded_header("exceptions")
    );
    let rows = fs::read_to_string(&outcome.stats).expect("a CSV of text");
    for row in ["GET,/health,", "POST,/query,", "GET,/retrieval,"] {
        assert!(rows.contains(row), "no row {row} in:\n{rows}");
    }
    let counts = server.counts();
    assert!(
        counts["POST /query"] > counts["GET /health"],
        "the weights are lost: {counts:?}"
    );
}

//! Running the binary: a folder to run it in, and what it said.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_ragload");
/// A short run against the demo service: two users, two endpoints.
pub(super) const QUICK: &str = "
users: 2
spawn_rate: 100
run_time: 1s
user_classes:
  - name: Quick
    wait_time: { constant: 20ms }
    tasks:
      - { name: query, weight: 2, post: /query, json: { query: hi }, timeout: 500ms }
      - { name: retrieval, get: /retrieval, params: { query: hi }, timeout: 500ms }
";
/// A folder to run the program in.
pub(super) struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub(super) fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    /// One with `quick.yaml` in it: [`QUICK`] and more keys.
    pub(super) fn quick(more: &str) -> Self {
        let folder = Folder::new();
        folder.write("quick.yaml", &format!("{QUICK}{more}\n"));
        folder
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Sets when a file was last written, in seconds since the Unix epoch.
    pub(super) fn touch(&self, name: &str, seconds: u64) {
        let file = fs::File::options()
            .append(true)
            .open(self.path(name))
            .unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Names of all files below it, with `/` between their parts, in order.
    pub(super) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(self.0.path(), self.0.path(), &mut found);
        found.sort();
        found
    }

    /// The run record of a scenario.
    pub(super) fn record(&self, scenario: &str) -> Value {
        serde_json::from_str(&self.read(&format!("results/{scenario}_run.json"))).unwrap()
    }

    /// The program with these arguments, in this folder and nothing but `PATH` in its environment.
    pub(super) fn ragload<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.program(PROGRAM);
        command.args(arguments);
        command
    }

    /// Any program, in this folder and nothing but `PATH` in its environment.
    pub(super) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).env_clear();
        #[expect(clippy::disallowed_methods, reason = "where programs are found")]
        let path = std::env::var_os("PATH");
        command.envs(path.map(|path| ("PATH", path)));
        command
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap();
            found.push(name.display().to_string().replace('\\', "/"));
        }
    }
}

/// What a finished program left.
#[derive(Debug)]
pub(super) struct Ran {
    /// None when a signal killed it.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    /// Asserts the exit code, showing what was said when it is another.
    #[track_caller]
    pub(super) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that stdout has this text.
    #[track_caller]
    pub(super) fn shows(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "no {text:?} in:\n{}",
            self.stdout
        );
        self
    }

    /// Asserts that stderr has this text.
    #[track_caller]
    pub(super) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "no {text:?} in:\n{}",
            self.stderr
        );
        self
    }
}

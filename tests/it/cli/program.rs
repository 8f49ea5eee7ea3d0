//! Running the binary: a folder to run it in, and what it said.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

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
/// Pause between two looks at a condition.
const LOOK: Duration = Duration::from_millis(10);
/// Looks before a condition is given up: 30 s of them.
const LOOKS: usize = 3000;

/// Waits until `condition` holds.
///
/// # Panics
/// When it does not within half a minute.
#[expect(
    clippy::disallowed_methods,
    reason = "another process is waited for, which tells nobody"
)]
pub(super) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..LOOKS {
        if condition() {
            return;
        }
        std::thread::sleep(LOOK);
    }
    panic!("still not so: {what}");
}

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

/// A program on its way.
pub(super) struct Running {
    child: Child,
    stdout: Heard,
    stderr: Heard,
}

/// A stream that is read as it comes.
struct Heard {
    text: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Heard {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                heard.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        Heard { text, reader }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    fn whole(self) -> String {
        self.reader.join().unwrap();
        let text = self.text.lock().unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// Starts a program.
pub(super) fn start(mut command: Command) -> Running {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Running {
        stdout: Heard::of(child.stdout.take().unwrap()),
        stderr: Heard::of(child.stderr.take().unwrap()),
        child,
    }
}

/// Runs a program to its end.
pub(super) fn ran(command: Command) -> Ran {
    start(command).end()
}

impl Running {
    /// Waits until stderr has this text.
    pub(super) fn until_says(&self, text: &str) {
        until(&format!("stderr says {text:?}"), || {
            self.stderr.so_far().contains(text)
        });
    }

    /// Sends a signal by its name: `INT`.
    pub(super) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success(), "kill -s {name} {id}");
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Ran {
        let mut status = None;
        until("the program has ended", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        Ran {
            code: status.unwrap().code(),
            stdout: self.stdout.whole(),
            stderr: self.stderr.whole(),
        }
    }
}

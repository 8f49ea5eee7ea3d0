//! Programs on their way: what they say as they say it, signals, and their end.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::program::Ran;

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
    ///
    /// # Panics
    /// When it ends without.
    #[track_caller]
    pub(super) fn until_says(&mut self, text: &str) {
        until(&format!("stderr says {text:?}"), || {
            let ended = self.child.try_wait().unwrap().is_some();
            let said = self.stderr.so_far();
            assert!(!ended || said.contains(text), "no {text:?} in:\n{said}");
            said.contains(text)
        });
    }

    /// Waits until stdout has this text.
    ///
    /// # Panics
    /// When it ends without.
    #[track_caller]
    pub(super) fn until_shows(&mut self, text: &str) {
        until(&format!("stdout shows {text:?}"), || {
            let ended = self.child.try_wait().unwrap().is_some();
            let shown = self.stdout.so_far();
            assert!(!ended || shown.contains(text), "no {text:?} in:\n{shown}");
            shown.contains(text)
        });
    }

    /// What stderr has until now.
    pub(super) fn said(&self) -> String {
        self.stderr.so_far()
    }

    /// Ends it, whatever it is doing: for one that nobody waits for.
    pub(super) fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
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

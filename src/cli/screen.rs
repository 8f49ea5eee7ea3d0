//! Saying things to people: the only prints of the command line.
//!
//! Must not know what is said. A reader that went away (a closed pipe) is a normal end.

use std::io::Write;

/// Writes to stderr: what accompanies a command.
pub(super) fn say(text: &str) {
    // Nobody is left to be told that nobody listens.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Writes to stdout: what a command was asked for.
pub(super) fn show(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

//! Reading the keyboard.
//!
//! On a thread of its own: a terminal that is held back must not hold back Ctrl+C. Must not know
//! which key means what.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{Event as Input, poll, read};

/// How often a keyboard at rest is left to see whether it is needed still.
const PATIENCE: Duration = Duration::from_millis(100);

/// Hands on what is typed until it is over.
///
/// # Errors
/// When the keyboard cannot be read any more.
pub(super) fn read_until(over: &AtomicBool, mut take: impl FnMut(&Input)) -> io::Result<()> {
    while !over.load(Ordering::Relaxed) {
        if poll(PATIENCE)? {
            take(&read()?);
        }
    }
    Ok(())
}

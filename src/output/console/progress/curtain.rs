//! The progress while something else has the screen: nothing is written, and nothing is lost.
//!
//! Must not know what has the screen.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::event::SinkError;

use super::{Drawn, lock};

/// Lines that are held back: those of a run that says no more than usual.
const KEPT: usize = 200;
/// Log lines that wait to be shown elsewhere.
const WAITING: usize = 50;

/// What was to be written meanwhile.
#[derive(Debug, Default)]
pub(super) struct Held {
    lines: VecDeque<String>,
    left_out: usize,
    log: VecDeque<String>,
}

impl Held {
    pub(super) fn push(&mut self, line: &str) {
        if self.lines.len() == KEPT {
            self.lines.pop_front();
            self.left_out += 1;
        }
        self.lines.push_back(line.to_owned());
    }

    pub(super) fn log(&mut self, line: &str) {
        if self.log.len() == WAITING {
            self.log.pop_front();
        }
        self.log.push_back(line.to_owned());
    }
}

/// Holds the progress back and lets it go on.
#[derive(Clone)]
pub struct Curtain(pub(super) Arc<Mutex<Drawn>>);

impl Curtain {
    /// From now on nothing is written to the screen.
    pub fn close(&self) {
        lock(&self.0).held.get_or_insert_default();
    }

    /// Log lines written since this was last asked, while the curtain was closed.
    #[must_use]
    pub fn new_log_lines(&self) -> Vec<String> {
        let mut drawn = lock(&self.0);
        let held = drawn.held.as_mut();
        held.map_or_else(Vec::new, |held| held.log.drain(..).collect())
    }

    /// Writes what was held back, and goes on as ever.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(&self) -> Result<(), SinkError> {
        let mut drawn = lock(&self.0);
        let Some(held) = drawn.held.take() else {
            return Ok(());
        };
        let mut text = String::new();
        if held.left_out > 0 {
            text = format!("({} earlier lines left out)\n", held.left_out);
        }
        text.extend(held.lines);
        if text.is_empty() {
            return Ok(());
        }
        drawn.above(&text)
    }
}

//! Locust's keys beside Locust's tables: `w W s S`.
//!
//! A sink, because keys are for a run as long as it goes on. Must not know what a run shows.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::Event as Input;

use crate::event::{Command, Event, Sink, SinkError, StopReason};
use crate::output::console::KeyMode;

use super::super::steering::Steering;
use super::keyboard;
use super::keys::{Wish, wish};

/// Reads the keys while a run goes on, where stdin is a terminal.
pub(in crate::cli) struct LocustKeys {
    steering: Steering,
    reading: Option<Reading>,
}

/// The keyboard that is being read.
struct Reading {
    over: Arc<AtomicBool>,
    _mode: KeyMode,
}

impl LocustKeys {
    pub(in crate::cli) fn new(steering: Steering) -> Self {
        LocustKeys {
            steering,
            reading: None,
        }
    }

    /// Begins to read; none where that cannot be done: then there are no keys.
    fn begin(&self) -> Option<Reading> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        let over = Arc::new(AtomicBool::new(false));
        let reading = Reading {
            over: Arc::clone(&over),
            _mode: KeyMode::take().ok()?,
        };
        let steering = self.steering.clone();
        let read = move || {
            // A keyboard that cannot be read any more asks for nothing.
            let _ = keyboard::read_until(&over, |input| grant(input, &steering));
        };
        let thread = std::thread::Builder::new().name("keyboard".to_owned());
        // Not waited for: a keyboard may be read for as long as nobody types.
        thread.spawn(read).ok()?;
        Some(reading)
    }
}

fn grant(input: &Input, steering: &Steering) {
    let Input::Key(key) = input else {
        return;
    };
    // Where the run is over, nothing is left to be asked.
    let _ = match wish(*key) {
        Some(Wish::Users(more)) => steering.ask_blocking(Command::AddUsers(more)),
        // A key where the console's mode takes the signal's place.
        Some(Wish::Interrupt) => steering.end_blocking(StopReason::Interrupt),
        _ => return,
    };
}

impl Sink for LocustKeys {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        match event {
            Event::Started(_) => self.reading = self.begin(),
            Event::Finished(_) => self.reading = None,
            Event::Tick(_) | Event::Sampled(_) | Event::Notice(_) | Event::SoFar(_) => {}
        }
        Ok(())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

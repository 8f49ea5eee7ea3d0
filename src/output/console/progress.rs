//! The progress of a run: one line that is redrawn on a terminal, or now and then a line in a log.
//!
//! Owns when a line is shown and that log lines written meanwhile do not tear it. What the line
//! says is in `progress_line`. Must not know log levels.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::event::{Event, Notice, Severity, Sink, SinkError, Tick};
use crate::model::Offset;
use crate::model::units::format_duration;
use crate::output::utc;
use crate::output::verdict::Tone;

use super::screen::Screen;
use super::style::{Style, tame};

mod curtain;
mod line;

use curtain::Held;

pub use curtain::Curtain;
pub use line::{redrawn, written};

/// When the first line appears in a log.
const FIRST: Offset = Offset::from_secs(1);

/// Time between two lines in a log.
const EVERY: Duration = Duration::from_secs(5);

/// Ticks come a little late or early.
const EARLY: Duration = Duration::from_millis(500);

/// Back to the first column, and everything from there cleared.
const CLEAR: &str = "\r\u{1b}[K";

/// Shows the progress of a run.
pub struct Progress {
    drawn: Arc<Mutex<Drawn>>,
    due: Offset,
    /// When the run began, since the Unix epoch; none before.
    started: Option<Duration>,
}

/// The screen and the line that stands on it now.
struct Drawn {
    screen: Screen,
    line: String,
    /// What is held back while something else has the screen; none while nothing has.
    held: Option<Held>,
}

impl Drawn {
    fn draw(&mut self, line: String) -> Result<(), SinkError> {
        if self.held.is_some() {
            return Ok(());
        }
        self.line = line;
        self.screen.show(&format!("{CLEAR}{}", self.line))
    }

    /// Shows whole lines above the one that is redrawn.
    fn above(&mut self, text: &str) -> Result<(), SinkError> {
        if let Some(held) = &mut self.held {
            held.push(text);
            return Ok(());
        }
        if self.line.is_empty() {
            self.screen.show(text)
        } else {
            self.screen.show(&format!("{CLEAR}{text}{}", self.line))
        }
    }
}

impl Progress {
    /// Shows it here.
    #[must_use]
    pub fn new(screen: Screen) -> Self {
        let drawn = Drawn {
            screen,
            line: String::new(),
            held: None,
        };
        Progress {
            drawn: Arc::new(Mutex::new(drawn)),
            due: FIRST,
            started: None,
        }
    }

    /// What lets something else have the screen for a while.
    #[must_use]
    pub fn curtain(&self) -> Curtain {
        Curtain(Arc::clone(&self.drawn))
    }

    /// Where log lines are written so that they and the progress line do not tear each other.
    #[must_use]
    pub fn log(&self) -> LogWriter {
        LogWriter(Arc::clone(&self.drawn))
    }

    fn tick(&mut self, tick: &Tick) -> Result<(), SinkError> {
        let mut drawn = lock(&self.drawn);
        let style = drawn.screen.style();
        if let Some(columns) = drawn.screen.columns() {
            // The last column stays free: some terminals wrap when it is written to.
            return drawn.draw(redrawn(tick, columns.saturating_sub(1), style));
        }
        if tick.snapshot.at + EARLY < self.due {
            return Ok(());
        }
        self.due = tick.snapshot.at + EVERY;
        let time = utc::time_of_day(tick.unix);
        let line = written(tick, style);
        drawn.above(&format!("[{time}] {line}\n"))
    }
}

impl Sink for Progress {
    fn on(&mut self, event: &Event) -> Result<(), SinkError> {
        match event {
            Event::Tick(tick) => self.tick(tick),
            Event::Notice(notice) => {
                let mut drawn = lock(&self.drawn);
                let text = told(notice, drawn.screen.style());
                // A log has the clock in front of every line.
                let started = self.started.filter(|_| drawn.screen.columns().is_none());
                let clock = started.map(|started| started + notice.at.elapsed());
                let clock = clock.map(|unix| format!("[{}] ", utc::time_of_day(unix)));
                drawn.above(&(clock.unwrap_or_default() + &text))
            }
            Event::Finished(_) => {
                let mut drawn = lock(&self.drawn);
                if drawn.line.is_empty() {
                    return Ok(());
                }
                drawn.draw(String::new())
            }
            Event::Started(started) => {
                self.started = Some(started.started_unix);
                Ok(())
            }
            Event::Sampled(_) | Event::SoFar(_) => Ok(()),
        }
    }
}

fn told(notice: &Notice, style: Style) -> String {
    let Notice { at, severity, text } = notice;
    let (word, tone) = match severity {
        Severity::Info => ("", Tone::Good),
        Severity::Warning => ("warning: ", Tone::Open),
        Severity::Error => ("error: ", Tone::Bad),
    };
    let at = format_duration(Duration::from_secs(at.elapsed().as_secs()));
    let word = style.toned(tone, word);
    format!("after {at}: {word}{}\n", style.spelt(&tame(text)))
}

/// Writes log lines above the progress line.
#[derive(Clone)]
pub struct LogWriter(Arc<Mutex<Drawn>>);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut drawn = lock(&self.0);
        if let Some(held) = &mut drawn.held {
            held.log(&text);
        }
        // A log that cannot be written must not end a run, nor can it say so anywhere.
        let _ = drawn.above(&text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that panicked leaves at worst a torn line.
fn lock(drawn: &Mutex<Drawn>) -> std::sync::MutexGuard<'_, Drawn> {
    drawn.lock().unwrap_or_else(PoisonError::into_inner)
}
